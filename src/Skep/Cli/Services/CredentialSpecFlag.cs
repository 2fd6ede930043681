using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--credential-spec: a config, a file or a registry value. Only Windows has a use for it.</summary>
internal static class CredentialSpecFlag
{
    private const string ConfigPrefix = "config://", FilePrefix = "file://", RegistryPrefix = "registry://";

    public static Option<ContainerCredentials> Make() => Flags.Make("credential-spec", null, "credential-spec",
        "Credential spec for managed service account (Windows only)", Parse);

    /// <summary>"" is a spec that says nothing: an update takes the old one away with it.</summary>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static ContainerCredentials Parse(string text) =>
        text.Length == 0 ? new ContainerCredentials()
        : text.StartsWith(ConfigPrefix, StringComparison.Ordinal)
            ? new ContainerCredentials { Config = text[ConfigPrefix.Length..] }
        : text.StartsWith(FilePrefix, StringComparison.Ordinal)
            ? new ContainerCredentials { File = text[FilePrefix.Length..] }
        : text.StartsWith(RegistryPrefix, StringComparison.Ordinal)
            ? new ContainerCredentials { Registry = text[RegistryPrefix.Length..] }
        : throw new FormatException("invalid credential spec: value must be prefixed with \"config://\", "
            + "\"file://\", or \"registry://\"");

    /// <summary>A spec names the config of its credentials by id; the flag named it by its name.</summary>
    public static ContainerSpec Resolved(ContainerSpec container) =>
        container.Privileges?.CredentialSpec is not { Config.Length: > 0 } credentials
            || container.Configs?.FirstOrDefault(use => use.ConfigName == credentials.Config) is not { } config
            ? container
            : container with
            {
                Privileges = container.Privileges with
                {
                    CredentialSpec = credentials with { Config = config.ConfigId },
                },
            };
}
