using Skep.SwarmMode;

namespace Skep.Engine.Metrics;

/// <summary>What is measured of the daemon at one moment.</summary>
public sealed record MetricsSample
{
    public required string Version { get; init; }

    /// <summary>Containers by state: running, paused, stopped.</summary>
    public required IReadOnlyDictionary<string, int> Containers { get; init; }

    public required int Images { get; init; }

    public required int EventListeners { get; init; }

    public required int Cpus { get; init; }

    public required long MachineMemoryBytes { get; init; }

    public required ProcessSample Process { get; init; }

    /// <summary>This machine's part in a swarm.</summary>
    public required NodeSample Node { get; init; }

    /// <summary>By part of the swarm's networks, what somebody else changed in the kernel and was repaired.</summary>
    public required IReadOnlyDictionary<string, long> NetworkDrift { get; init; }
}

/// <summary>What the kernel counts of this process.</summary>
public sealed record ProcessSample(
    TimeSpan Cpu, long ResidentBytes, long VirtualBytes, int OpenFiles, int Threads, DateTimeOffset Started);
