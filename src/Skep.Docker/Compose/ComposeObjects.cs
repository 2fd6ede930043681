using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>A network of the stack, or one that exists already.</summary>
public sealed record ComposeNetwork
{
    /// <summary>As the files call it.</summary>
    public required string Key { get; init; }

    /// <summary>The real name when the file fixes it, and of every external one; null: made of stack and key.</summary>
    public string? Name { get; init; }

    public bool IsExternal { get; init; }

    /// <summary>Null: overlay.</summary>
    public string? Driver { get; init; }

    public ValueMap<string> DriverOptions { get; init; }
    public string? IpamDriver { get; init; }
    public ValueMap<string> IpamOptions { get; init; }
    public ValueList<ComposeAddressPool> Pools { get; init; }
    public bool IsInternal { get; init; }
    public bool IsAttachable { get; init; }

    /// <summary>Null: the engine's choice.</summary>
    public bool? HasIpv4 { get; init; }

    /// <summary>Null: the engine's choice.</summary>
    public bool? HasIpv6 { get; init; }

    public ValueMap<string> Labels { get; init; }
    public required ComposePlace Place { get; init; }
}

public sealed record ComposeAddressPool
{
    public string? Subnet { get; init; }
    public string? Gateway { get; init; }
    public string? IpRange { get; init; }
    public ValueMap<string> ReservedAddresses { get; init; }
}

/// <summary>A named volume, made on each node where a task needs it.</summary>
public sealed record ComposeVolume
{
    public required string Key { get; init; }

    /// <summary>The real name when the file fixes it, and of every external one; null: made of stack and key.</summary>
    public string? Name { get; init; }

    public bool IsExternal { get; init; }
    public string? Driver { get; init; }
    public ValueMap<string> DriverOptions { get; init; }
    public ValueMap<string> Labels { get; init; }
    public required ComposePlace Place { get; init; }
}

/// <summary>A secret or a config. Exactly one source is set, or it is external, or a driver holds it.</summary>
public sealed record ComposeFileObject
{
    public required string Key { get; init; }

    /// <summary>The real name when the file fixes it, and of every external one; null: made of stack and key.</summary>
    public string? Name { get; init; }

    public bool IsExternal { get; init; }

    /// <summary>The absolute path of the file whose bytes are the content.</summary>
    public string? File { get; init; }

    /// <summary>The content itself, from `content:` or from the variable of `environment:`.
    /// Of a secret: never to be shown.</summary>
    public string? Content { get; init; }

    /// <summary>Of which variable the content is the value.</summary>
    public string? Variable { get; init; }

    public string? Driver { get; init; }
    public ValueMap<string> DriverOptions { get; init; }
    public string? TemplateDriver { get; init; }
    public ValueMap<string> Labels { get; init; }
    public required ComposePlace Place { get; init; }

    /// <summary>Content stays out of every log and message.</summary>
    public override string ToString() => $"{Key} ({Place})";
}
