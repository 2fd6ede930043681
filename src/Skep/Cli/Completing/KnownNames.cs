using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Contexts;
using Skep.Docker.Stacks;

namespace Skep.Cli.Completing;

/// <summary>The names that exist, asked from the daemon or read from the user's settings.</summary>
internal static class KnownNames
{
    public static async Task<IReadOnlyList<string>> FindAsync(
        NameKind kind, CliSession session, CancellationToken stop)
    {
        EngineClient engine = session.Engine;
        IEnumerable<string> names = kind switch
        {
            NameKind.Context => new ContextStore(session.Connection.ConfigDirectory).All()
                .Select(context => context.Name).Append(ContextStore.DefaultName),
            NameKind.Container => (await engine.GetAsync("/containers/json?all=1", stop)).Items()
                .Select(container => container.Texts("Names").FirstOrDefault("").TrimStart('/')),
            NameKind.Image => (await engine.GetAsync("/images/json", stop)).Items()
                .SelectMany(image => image.Texts("RepoTags")),
            NameKind.Network => Names(await engine.GetAsync("/networks", stop)),
            NameKind.Volume => (await engine.GetAsync("/volumes", stop)).Items("Volumes")
                .Select(volume => volume.Text("Name")),
            NameKind.Service => SpecNames(await engine.GetAsync("/services", stop)),
            NameKind.Secret => SpecNames(await engine.GetAsync("/secrets", stop)),
            NameKind.Config => SpecNames(await engine.GetAsync("/configs", stop)),
            NameKind.Node => (await engine.GetAsync("/nodes", stop)).Items()
                .Select(node => node.Member("Description").Text("Hostname")),
            NameKind.Stack => (await engine.GetAsync("/services", stop)).Items()
                .Select(service => service.Member("Spec").Member("Labels").Text(StackScope.NamespaceLabel)),
            _ => [],
        };
        return [.. names.Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)
            .Take(Limits.CompletionCount)];
    }

    private static IEnumerable<string> Names(JsonElement list) => list.Items().Select(item => item.Text("Name"));

    private static IEnumerable<string> SpecNames(JsonElement list) =>
        list.Items().Select(item => item.Member("Spec").Text("Name"));
}
