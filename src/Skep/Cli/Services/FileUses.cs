using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>Finds the ids of the secrets and configs that flags name: a spec carries both.</summary>
internal static class FileUses
{
    public static async Task<IReadOnlyList<SecretUse>> SecretsAsync(
        EngineClient engine, IReadOnlyList<string> flags, CancellationToken stop)
    {
        List<FileUseFlag> uses = Distinct(flags, "secret");
        Dictionary<string, string> ids = await IdsAsync(engine, "secret", uses.Select(use => use.Source), stop);
        return [.. uses.Select(use => new SecretUse
        {
            File = use.File,
            SecretId = ids[use.Source],
            SecretName = use.Source,
        })];
    }

    /// <param name="credentialConfig">The config that a credential spec is read from; "": none.</param>
    public static async Task<IReadOnlyList<ConfigUse>> ConfigsAsync(
        EngineClient engine, IReadOnlyList<string> flags, string credentialConfig, CancellationToken stop)
    {
        List<FileUseFlag> uses = Distinct(flags, "config");
        string[] runtime = credentialConfig.Length > 0 ? [credentialConfig] : [];
        Dictionary<string, string> ids = await IdsAsync(
            engine, "config", uses.Select(use => use.Source).Concat(runtime), stop);
        return
        [
            .. uses.Select(use => new ConfigUse
            {
                File = use.File,
                ConfigId = ids[use.Source],
                ConfigName = use.Source,
            }),
            .. runtime.Select(name => new ConfigUse
            {
                Runtime = Empty.Value,
                ConfigId = ids[name],
                ConfigName = name,
            }),
        ];
    }

    private static List<FileUseFlag> Distinct(IReadOnlyList<string> flags, string kind)
    {
        List<FileUseFlag> uses = [.. flags.Select(text => FileUseFlag.Parse(text, kind))];
        return MountedFile.TwoInOnePlace(uses, kind, static use => use.File.Name, static use => use.Source) is { } two
            ? throw new CommandFailedException(two.Problem)
            : uses;
    }

    private static async Task<Dictionary<string, string>> IdsAsync(
        EngineClient engine, string kind, IEnumerable<string> names, CancellationToken stop)
    {
        List<string> wanted = [.. names.Distinct()];
        if (wanted.Count == 0)
        {
            return [];
        }

        Query query = new Query().AddFilters(wanted.Select(name => $"name={name}"));
        Dictionary<string, string> found = (await engine.GetAsync($"/{kind}s{query}", stop)).Items()
            .ToDictionary(thing => thing.Member("Spec").Text("Name"), thing => thing.Text("ID"));
        return wanted.Find(name => !found.ContainsKey(name)) is { } missing
            ? throw new CommandFailedException($"{kind} not found: {missing}")
            : found;
    }
}
