using Skep.Agent;
using Skep.Agent.Containers;
using Skep.Agent.Containerd;
using Skep.Agent.Events;
using Skep.Agent.Images;
using Skep.Agent.Network;
using Skep.Agent.Volumes;
using Skep.Daemon.Options;
using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Engine;

/// <summary>Everything that the HTTP side serves from.</summary>
public sealed record EngineServices
{
    public required Instance Instance { get; init; }
    public required DaemonOptions Options { get; init; }
    public required KernelFacts Kernel { get; init; }

    /// <summary>Where it is, and which version.</summary>
    public required ContainerdProcess Containerd { get; init; }

    public required EventHub Events { get; init; }
    public required ContainerEngine Containers { get; init; }
    public required ImageEngine Images { get; init; }
    public required NetworkEngine Networks { get; init; }
    public required VolumeEngine Volumes { get; init; }

    /// <summary>This machine's part in a swarm.</summary>
    public required SwarmNode Swarm { get; init; }

    /// <summary>tini's path; null: this machine has none.</summary>
    public required string? InitPath { get; init; }

    public required IdSource Ids { get; init; }
    public required TimeProvider Time { get; init; }
    public required Log Log { get; init; }

    /// <summary>Ends the daemon in order. Returns at once.</summary>
    public required Action Shutdown { get; init; }
}
