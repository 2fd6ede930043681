namespace Skep.Swarm;

/// <summary>What the ids of all kinds of objects have in common: they are text.</summary>
public interface IObjectId
{
    string Value { get; }
}

/// <summary>Names a cluster. Empty when unset, as on the wire.</summary>
public readonly record struct ClusterId : IObjectId
{
    private readonly string? value;
    public ClusterId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a node; it is the common name of the node's certificate. Empty when unset, as on the wire.</summary>
public readonly record struct NodeId : IObjectId
{
    private readonly string? value;
    public NodeId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a service. Empty when unset, as on the wire.</summary>
public readonly record struct ServiceId : IObjectId
{
    private readonly string? value;
    public ServiceId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a task. Empty when unset, as on the wire.</summary>
public readonly record struct TaskId : IObjectId
{
    private readonly string? value;
    public TaskId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a network. Empty when unset, as on the wire.</summary>
public readonly record struct NetworkId : IObjectId
{
    private readonly string? value;
    public NetworkId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a secret. Empty when unset, as on the wire.</summary>
public readonly record struct SecretId : IObjectId
{
    private readonly string? value;
    public SecretId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a config. Empty when unset, as on the wire.</summary>
public readonly record struct ConfigId : IObjectId
{
    private readonly string? value;
    public ConfigId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a cluster volume. Empty when unset, as on the wire.</summary>
public readonly record struct VolumeId : IObjectId
{
    private readonly string? value;
    public VolumeId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a kind of resource. Empty when unset, as on the wire.</summary>
public readonly record struct ExtensionId : IObjectId
{
    private readonly string? value;
    public ExtensionId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a resource. Empty when unset, as on the wire.</summary>
public readonly record struct ResourceId : IObjectId
{
    private readonly string? value;
    public ResourceId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}
