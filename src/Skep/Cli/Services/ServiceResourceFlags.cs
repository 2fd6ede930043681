using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--limit-… and --reserve-…: what tasks may use, and what must be free where they go.</summary>
internal sealed class ServiceResourceFlags(DockerCommand command)
{
    private readonly Option<long> limitCpu = command.Flag(Flags.Make(
        "limit-cpu", null, "decimal", "Limit CPUs", CpuCount.Parse));

    private readonly Option<long> limitMemory = command.Flag(Flags.Make(
        "limit-memory", null, "bytes", "Limit Memory", ByteSize.Parse));

    private readonly Option<long> limitPids = command.Flag(Flags.Number(
        "limit-pids", null, "Limit maximum number of processes (default 0 = unlimited)"));

    private readonly Option<long> reserveCpu = command.Flag(Flags.Make(
        "reserve-cpu", null, "decimal", "Reserve CPUs", CpuCount.Parse));

    private readonly Option<long> reserveMemory = command.Flag(Flags.Make(
        "reserve-memory", null, "bytes", "Reserve Memory", ByteSize.Parse));

    public TaskResources? Apply(Invocation call, TaskResources? before)
    {
        Option[] all = [limitCpu, limitMemory, limitPids, reserveCpu, reserveMemory];
        if (!Array.Exists(all, call.Has))
        {
            return before;
        }

        TaskResources resources = before ?? new TaskResources();
        TaskLimits limits = resources.Limits ?? new TaskLimits();
        NodeResources reserved = resources.Reservations ?? new NodeResources();
        return resources with
        {
            Limits = limits with
            {
                NanoCpus = call.Has(limitCpu) ? call.Get(limitCpu) : limits.NanoCpus,
                MemoryBytes = call.Has(limitMemory) ? call.Get(limitMemory) : limits.MemoryBytes,
                Pids = call.Has(limitPids) ? call.Get(limitPids) : limits.Pids,
            },
            Reservations = reserved with
            {
                NanoCpus = call.Has(reserveCpu) ? call.Get(reserveCpu) : reserved.NanoCpus,
                MemoryBytes = call.Has(reserveMemory) ? call.Get(reserveMemory) : reserved.MemoryBytes,
            },
        };
    }
}
