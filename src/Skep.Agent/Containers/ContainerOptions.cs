using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Agent.Containers;

/// <summary>What the daemon's user chose for all containers.</summary>
public sealed record ContainerOptions
{
    public required KernelFacts Kernel { get; init; }

    /// <summary>Where containers without a parent of their own go; null: "/" and the instance's name.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>For containers that name no log driver.</summary>
    public LogConfig DefaultLog { get; init; } = new() { Type = "json-file" };

    public IReadOnlyList<Ulimit> DefaultUlimits { get; init; } = [];

    /// <summary>Bytes of /dev/shm.</summary>
    public long DefaultShmBytes { get; init; } = 64 << 20;

    /// <summary>"private" or "shareable", for containers that do not say.</summary>
    public string DefaultIpcMode { get; init; } = "private";

    /// <summary>"private" or "host"; null: what the machine's cgroup version suggests.</summary>
    public string? DefaultCgroupnsMode { get; init; }

    /// <summary>The tini binary; null: there is none on this machine.</summary>
    public string? InitPath { get; init; }

    /// <summary>Every container gets an init that does not say otherwise.</summary>
    public bool DefaultInit { get; init; }

    public bool DefaultNoNewPrivileges { get; init; }

    /// <summary>"unconfined" or a profile's JSON, for containers that do not say; null: what is built in.</summary>
    public string? DefaultSeccomp { get; init; }

    /// <summary>The runtime of all containers; runc's own name for the shim to find.</summary>
    public string RuntimeBinary { get; init; } = "runc";
}
