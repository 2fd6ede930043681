namespace Skep.Cli.Stacks;

/// <summary>What the flags of a deployment ask for.</summary>
internal sealed record DeployWishes
{
    public required ImageResolving Resolving { get; init; }

    /// <summary>Nodes get the user's credentials for the registries.</summary>
    public required bool SendsCredentials { get; init; }

    /// <summary>What the file does not name any more is removed.</summary>
    public required bool Prunes { get; init; }
}

/// <summary>When a registry is asked what an image's tag stands for.</summary>
internal enum ImageResolving
{
    Always,
    Changed,
    Never,
}
