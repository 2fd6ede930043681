namespace Skep.Swarm.Objects;

/// <summary>Something outsiders keep in the store; the swarm does not know what it means.</summary>
public sealed record Resource : StoreObject
{
    public required ResourceId Id { get; init; }

    public Annotations Annotations { get; init; } = Annotations.Empty;

    /// <summary>The name of the <see cref="Extension"/> that declares this kind.</summary>
    public string ExtensionName { get; init; } = "";

    public AnyPayload? Payload { get; init; }

    public override ObjectKind Kind => ObjectKind.Resource;

    public override string RawId => Id.Value;

    public override Annotations Naming => Annotations;
}

/// <summary>Declares a kind of <see cref="Resource"/>.</summary>
public sealed record Extension : StoreObject
{
    public required ExtensionId Id { get; init; }

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public string Description { get; init; } = "";

    public override ObjectKind Kind => ObjectKind.Extension;

    public override string RawId => Id.Value;

    public override Annotations Naming => Annotations;
}
