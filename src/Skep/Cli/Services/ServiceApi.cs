using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>The requests about services that several commands send.</summary>
internal static class ServiceApi
{
    public static async Task<ServiceInspect> InspectAsync(Invocation call, string name, CancellationToken stop) =>
        (await call.Engine.GetAsync($"/services/{Query.Escape(name)}", stop))
            .Deserialize(EngineJson.Default.ServiceInspect)!;

    /// <param name="credentials">The value of X-Registry-Auth; null: none.</param>
    /// <param name="pins">Whether a registry is asked for the image's digest first.</param>
    /// <returns>The service's id.</returns>
    public static async Task<string> CreateAsync(
        Invocation call, ServiceSpec spec, string? credentials, bool pins, CancellationToken stop)
    {
        (ServiceSpec sent, string? warning) = await PinAsync(call, spec, credentials, pins, stop);
        JsonElement created = await PostAsync(call, "/services/create", sent, credentials, stop);
        Warn(call, created, warning);
        return created.Text("ID");
    }

    /// <param name="query">rollback and registryAuthFrom, where they are wanted.</param>
    public static async Task UpdateAsync(
        Invocation call, ServiceInspect service, ServiceSpec spec, Query query, string? credentials, bool pins,
        CancellationToken stop)
    {
        (ServiceSpec sent, string? warning) = await PinAsync(call, spec, credentials, pins, stop);
        query.Add("version", service.Version.Index.ToString(CultureInfo.InvariantCulture));
        string path = $"/services/{Query.Escape(service.Id)}/update{query}";
        Warn(call, await PostAsync(call, path, sent, credentials, stop), warning);
    }

    /// <summary>The user's credentials for the registry of an image, as a header has them.</summary>
    public static string Credentials(Invocation call, string image) => RegistryAuth.Encode(
        call.Session.Settings.Value.Credentials(RegistryAuth.RegistryOf(image)));

    private static async Task<(ServiceSpec Spec, string? Warning)> PinAsync(
        Invocation call, ServiceSpec spec, string? credentials, bool pins, CancellationToken stop)
    {
        ServiceSpec tagged = ImagePin.Tagged(spec);
        return pins ? await ImagePin.ApplyAsync(call.Engine, tagged, credentials, stop) : (tagged, null);
    }

    private static async Task<JsonElement> PostAsync(
        Invocation call, string path, ServiceSpec spec, string? credentials, CancellationToken stop)
    {
        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Post, path, EngineClient.Json(spec, EngineJson.Default.ServiceSpec), stop,
            ImagePin.Headers(credentials));
        byte[] body = await answer.Content.ReadAsByteArrayAsync(stop);
        using JsonDocument document = JsonDocument.Parse(body.Length > 0 ? body : "{}"u8.ToArray());
        return document.RootElement.Clone();
    }

    private static void Warn(Invocation call, JsonElement answer, string? own)
    {
        foreach (string warning in answer.Texts("Warnings").Concat(own is null ? [] : [own]))
        {
            call.Console.WriteErrorLine(warning);
        }
    }
}
