using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Docker.Stacks;

/// <summary>The secrets and configs that a service sees as files.</summary>
public sealed class StackFileUses(ComposeService service, StackFileIds secrets, StackFileIds configs)
{
    /// <summary>By their names in the swarm, so that another order in the file changes nothing.</summary>
    public IReadOnlyList<SecretUse>? Secrets()
    {
        CheckTargets(service.Secrets, "secret");
        return service.Secrets.IsEmpty
            ? null
            : [.. service.Secrets
                .Select(use => (Use: use, Object: Find(secrets, "secret", use.Source, use.Place)))
                .OrderBy(file => file.Object.Name, StringComparer.Ordinal)
                .Select(file => new SecretUse
                {
                    File = FileOf(file.Use),
                    SecretId = file.Object.Id,
                    SecretName = file.Object.Name,
                })];
    }

    public IReadOnlyList<ConfigUse>? Configs()
    {
        CheckTargets(service.Configs, "config");
        IEnumerable<(StackFileId Object, FileUse? File)> files = service.Configs
            .Select(use => (Find(configs, "config", use.Source, use.Place), (FileUse?)FileOf(use)));
        IEnumerable<(StackFileId Object, FileUse? File)> runtime = Credentials() is { } credentials
            ? [(credentials, null)]
            : [];
        List<ConfigUse> uses =
        [
            .. files.Concat(runtime).OrderBy(file => file.Object.Name, StringComparer.Ordinal).Select(file =>
                new ConfigUse
                {
                    File = file.File,
                    Runtime = file.File is null ? Empty.Value : null,
                    ConfigId = file.Object.Id,
                    ConfigName = file.Object.Name,
                }),
        ];
        return uses.Count == 0 ? null : uses;
    }

    /// <summary>The config that a credential spec is read from.</summary>
    public StackFileId? Credentials() => service.CredentialSpec is { Config: { Length: > 0 } key } spec
        ? Find(configs, "config", key, spec.Place)
        : null;

    private StackFileId Find(StackFileIds ids, string kind, string key, ComposePlace place) =>
        ids.Find(key) ?? throw ComposeException.At(place, $"service {service.Name}: undefined {kind} \"{key}\"");

    private void CheckTargets(IEnumerable<ComposeFileUse> uses, string kind)
    {
        if (MountedFile.TwoInOnePlace(uses, kind, TargetOf, static use => use.Source) is { } two)
        {
            throw ComposeException.At(two.Second.Place, $"service {service.Name}: {two.Problem}");
        }
    }

    private static string TargetOf(ComposeFileUse use) => string.IsNullOrEmpty(use.Target) ? use.Source : use.Target;

    private static FileUse FileOf(ComposeFileUse use)
    {
        FileUse plain = MountedFile.Of(TargetOf(use));
        return plain with
        {
            Uid = string.IsNullOrEmpty(use.Uid) ? plain.Uid : use.Uid,
            Gid = string.IsNullOrEmpty(use.Gid) ? plain.Gid : use.Gid,
            Mode = use.Mode ?? plain.Mode,
        };
    }
}
