using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>
/// What a container uses at one moment: the body of GET /containers/{id}/stats, one object for each second.
/// </summary>
public sealed record Stats
{
    /// <summary>Go's zero time: what a client sees for a moment that never was.</summary>
    public const string NoTime = "0001-01-01T00:00:00Z";

    [JsonPropertyName("read")]
    public required string Read { get; init; }

    /// <summary>When <see cref="PreviousCpu"/> was read.</summary>
    [JsonPropertyName("preread")]
    public required string PreviousRead { get; init; }

    [JsonPropertyName("pids_stats")]
    public required PidsStats Pids { get; init; }

    [JsonPropertyName("blkio_stats")]
    public required BlkioStats Blkio { get; init; }

    /// <summary>Windows only; clients expect it.</summary>
    [JsonPropertyName("num_procs")]
    public int ProcessCount { get; init; }

    /// <summary>Windows only; clients expect it.</summary>
    [JsonPropertyName("storage_stats")]
    public Empty Storage { get; init => field = value ?? Empty.Value; } = Empty.Value;

    [JsonPropertyName("cpu_stats")]
    public required CpuStats Cpu { get; init; }

    /// <summary>The reading before; usage in percent is a difference.</summary>
    [JsonPropertyName("precpu_stats")]
    public required CpuStats PreviousCpu { get; init; }

    [JsonPropertyName("memory_stats")]
    public required MemoryStats Memory { get; init; }

    /// <summary>With Docker's leading slash.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>By the link's name in the container; null: it has none of its own.</summary>
    [JsonPropertyName("networks")]
    public IReadOnlyDictionary<string, NetworkStats>? Networks { get; init; }

    /// <summary>Of a container that does not run.</summary>
    public static Stats Nothing(string id, string name) => new()
    {
        Id = id,
        Name = name,
        Read = NoTime,
        PreviousRead = NoTime,
        Pids = new PidsStats(),
        Blkio = new BlkioStats(),
        Cpu = new CpuStats(),
        PreviousCpu = new CpuStats(),
        Memory = new MemoryStats(),
    };
}

/// <summary>0: no limit, or not known.</summary>
public sealed record PidsStats
{
    [JsonPropertyName("current"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong Current { get; init; }

    [JsonPropertyName("limit"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong Limit { get; init; }
}

/// <summary>Times in nanoseconds.</summary>
public sealed record CpuStats
{
    [JsonPropertyName("cpu_usage")]
    public CpuUsage Usage { get; init => field = value ?? new(); } = new();

    /// <summary>All CPUs of the machine together.</summary>
    [JsonPropertyName("system_cpu_usage"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong SystemUsage { get; init; }

    [JsonPropertyName("online_cpus"), JsonIgnore(Condition = WhenWritingDefault)]
    public uint OnlineCpus { get; init; }

    [JsonPropertyName("throttling_data")]
    public ThrottlingStats Throttling { get; init => field = value ?? new(); } = new();
}

/// <summary>Nanoseconds since the container started.</summary>
public sealed record CpuUsage
{
    [JsonPropertyName("total_usage")]
    public ulong Total { get; init; }

    /// <summary>cgroup v1 only.</summary>
    [JsonPropertyName("percpu_usage")]
    public IReadOnlyList<ulong>? PerCpu { get; init; }

    [JsonPropertyName("usage_in_kernelmode")]
    public ulong Kernel { get; init; }

    [JsonPropertyName("usage_in_usermode")]
    public ulong User { get; init; }
}

public sealed record ThrottlingStats
{
    [JsonPropertyName("periods")]
    public ulong Periods { get; init; }

    [JsonPropertyName("throttled_periods")]
    public ulong ThrottledPeriods { get; init; }

    /// <summary>Nanoseconds.</summary>
    [JsonPropertyName("throttled_time")]
    public ulong ThrottledTime { get; init; }
}

/// <summary>Bytes.</summary>
public sealed record MemoryStats
{
    [JsonPropertyName("usage"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong Usage { get; init; }

    [JsonPropertyName("max_usage"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong MaxUsage { get; init; }

    /// <summary>The kernel's memory.stat; names differ between cgroup v1 and v2.</summary>
    [JsonPropertyName("stats")]
    public IReadOnlyDictionary<string, ulong>? Details { get; init; }

    /// <summary>How often the limit was hit.</summary>
    [JsonPropertyName("failcnt"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong FailCount { get; init; }

    /// <summary>The machine's memory for a container without a limit.</summary>
    [JsonPropertyName("limit"), JsonIgnore(Condition = WhenWritingDefault)]
    public ulong Limit { get; init; }
}

/// <summary>Null for a container that does not run; most are empty on every kernel since 5.0.</summary>
public sealed record BlkioStats
{
    [JsonPropertyName("io_service_bytes_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? ServiceBytes { get; init; }

    [JsonPropertyName("io_serviced_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? Serviced { get; init; }

    [JsonPropertyName("io_queue_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? Queued { get; init; }

    [JsonPropertyName("io_service_time_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? ServiceTime { get; init; }

    [JsonPropertyName("io_wait_time_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? WaitTime { get; init; }

    [JsonPropertyName("io_merged_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? Merged { get; init; }

    [JsonPropertyName("io_time_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? Time { get; init; }

    [JsonPropertyName("sectors_recursive"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<BlkioEntry>? Sectors { get; init; }
}

/// <param name="Operation">"Read", "Write", "Total" (v1), "read", "write" (v2).</param>
public sealed record BlkioEntry(
    [property: JsonPropertyName("major")] ulong Major,
    [property: JsonPropertyName("minor")] ulong Minor,
    [property: JsonPropertyName("op")] string Operation,
    [property: JsonPropertyName("value")] ulong Value);

public sealed record NetworkStats
{
    [JsonPropertyName("rx_bytes")]
    public ulong ReceivedBytes { get; init; }

    [JsonPropertyName("rx_packets")]
    public ulong ReceivedPackets { get; init; }

    [JsonPropertyName("rx_errors")]
    public ulong ReceiveErrors { get; init; }

    [JsonPropertyName("rx_dropped")]
    public ulong ReceiveDropped { get; init; }

    [JsonPropertyName("tx_bytes")]
    public ulong SentBytes { get; init; }

    [JsonPropertyName("tx_packets")]
    public ulong SentPackets { get; init; }

    [JsonPropertyName("tx_errors")]
    public ulong SendErrors { get; init; }

    [JsonPropertyName("tx_dropped")]
    public ulong SendDropped { get; init; }
}
