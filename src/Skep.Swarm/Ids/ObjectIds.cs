namespace Skep.Swarm;

/// <summary>Names a cluster. Empty when unset, as on the wire.</summary>
public readonly record struct ClusterId
{
    private readonly string? value;
    public ClusterId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a node; it is the common name of the node's certificate. Empty when unset, as on the wire.</summary>
public readonly record struct NodeId
{
    private readonly string? value;
    public NodeId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a service. Empty when unset, as on the wire.</summary>
public readonly record struct ServiceId
{
    private readonly string? value;
    public ServiceId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a task. Empty when unset, as on the wire.</summary>
public readonly record struct TaskId
{
    private readonly string? value;
    public TaskId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a network. Empty when unset, as on the wire.</summary>
public readonly record struct NetworkId
{
    private readonly string? value;
    public NetworkId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a secret. Empty when unset, as on the wire.</summary>
public readonly record struct SecretId
{
    private readonly string? value;
    public SecretId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a config. Empty when unset, as on the wire.</summary>
public readonly record struct ConfigId
{
    private readonly string? value;
    public ConfigId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a cluster volume. Empty when unset, as on the wire.</summary>
public readonly record struct VolumeId
{
    private readonly string? value;
    public VolumeId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a kind of resource. Empty when unset, as on the wire.</summary>
public readonly record struct ExtensionId
{
    private readonly string? value;
    public ExtensionId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}

/// <summary>Names a resource. Empty when unset, as on the wire.</summary>
public readonly record struct ResourceId
{
    private readonly string? value;
    public ResourceId(string value) => this.value = value.Length == 0 ? null : value;
    public string Value => value ?? "";
    public bool IsEmpty => value is null;
    public override string ToString() => Value;
}
