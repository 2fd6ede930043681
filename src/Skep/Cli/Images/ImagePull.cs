using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Images;

/// <summary>Asks the daemon to pull an image and shows how it goes.</summary>
internal static class ImagePull
{
    public static Task RunAsync(
        Invocation call, string name, string platform, Stream output, bool isTerminal, CancellationToken stop) =>
        RunAsync(call, name, platform, output, isTerminal, all: false, stop);

    /// <param name="all">Every tag of the repository.</param>
    public static async Task RunAsync(
        Invocation call, string name, string platform, Stream output, bool isTerminal, bool all,
        CancellationToken stop)
    {
        string tag = ImageName.Digest(name) ?? ImageName.Tag(name) ?? "latest";
        AuthConfig credentials = Credentials(call, RegistryAuth.RegistryOf(name));
        Query query = new Query()
            .Add("fromImage", ImageName.Repository(name))
            .Add("tag", all ? null : tag)
            .Add("platform", platform.Length > 0 ? platform.ToLowerInvariant() : null);
        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Post, $"/images/create{query}", null, stop,
            new Dictionary<string, string> { ["X-Registry-Auth"] = RegistryAuth.Encode(credentials) });
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        var display = new ProgressDisplay(output, isTerminal, call.Console.Size.Columns);
        await display.ShowAsync(body, _ => { }, stop);
    }

    // Most images need no password: a program that cannot tell one shall not keep them away.
    private static AuthConfig Credentials(Invocation call, string registry)
    {
        try
        {
            return call.Session.Settings.Value.Credentials(registry);
        }
        catch (CommandFailedException untold)
        {
            call.Console.WriteErrorLine($"WARNING: pulling without a password: {untold.Message}");
            return new AuthConfig();
        }
    }
}
