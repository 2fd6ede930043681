using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>Everything that the files say together: merged, interpolated, in long form, sorted by name.</summary>
public sealed record ComposeProject
{
    /// <summary>From the key `name`; null: the files leave it to the command line.</summary>
    public string? Name { get; init; }

    /// <summary>Only the services whose profiles are active.</summary>
    public ValueList<ComposeService> Services { get; init; }

    public ValueList<ComposeNetwork> Networks { get; init; }
    public ValueList<ComposeVolume> Volumes { get; init; }
    public ValueList<ComposeFileObject> Secrets { get; init; }
    public ValueList<ComposeFileObject> Configs { get; init; }

    /// <summary>Files of variables that were read for ${NAME}: .env, or those of --env-file.</summary>
    public ValueList<string> VariableFiles { get; init; }

    /// <summary>In the order of the files and their lines.</summary>
    public ValueList<ComposeWarning> Warnings { get; init; }
}
