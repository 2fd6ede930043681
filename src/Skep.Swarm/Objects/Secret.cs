namespace Skep.Swarm.Objects;

/// <summary>Something only the tasks that name it may read.</summary>
public sealed record Secret : StoreObject
{
    public required SecretId Id { get; init; }

    public SecretSpec Spec { get; init; } = SecretSpec.Empty;

    /// <summary>Not made by a user; users neither see nor change it.</summary>
    public bool Internal { get; init; }

    public override ObjectKind Kind => ObjectKind.Secret;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>What the user gave as a secret.</summary>
public sealed record SecretSpec
{
    public static readonly SecretSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public Bytes Data { get; init; }

    /// <summary>Set when the data is a template.</summary>
    public Driver? Templating { get; init; }

    /// <summary>Set when the value is fetched from elsewhere.</summary>
    public Driver? Driver { get; init; }
}

/// <summary>A file for tasks that is no secret.</summary>
public sealed record Config : StoreObject
{
    public required ConfigId Id { get; init; }

    public ConfigSpec Spec { get; init; } = ConfigSpec.Empty;

    public override ObjectKind Kind => ObjectKind.Config;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>What the user gave as a config.</summary>
public sealed record ConfigSpec
{
    public static readonly ConfigSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public Bytes Data { get; init; }

    /// <summary>Set when the data is a template.</summary>
    public Driver? Templating { get; init; }
}
