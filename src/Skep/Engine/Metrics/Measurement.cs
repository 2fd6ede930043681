using System.Diagnostics;
using Skep.Daemon;
using Skep.Engine.Machine;

namespace Skep.Engine.Metrics;

/// <summary>Takes a sample of everything that is measured.</summary>
internal sealed class Measurement(EngineServices services)
{
    private readonly MachineFacts machine = MachineFacts.Read();

    public MetricsSample Take()
    {
        (int running, int paused, int stopped) = services.Containers.Count();
        return new MetricsSample
        {
            Version = ProgramVersion.Text,
            Containers = new Dictionary<string, int>
            {
                ["running"] = running,
                ["paused"] = paused,
                ["stopped"] = stopped,
            },
            Images = services.Images.Count,
            EventListeners = services.Events.ListenerCount,
            Cpus = services.Kernel.CpuCount,
            MachineMemoryBytes = machine.MemoryBytes,
            Process = OwnSample(),
            Node = services.Swarm.Measure(),
            NetworkDrift = services.Networks.Drift,
        };
    }

    private static ProcessSample OwnSample()
    {
        using Process own = Process.GetCurrentProcess();
        return new ProcessSample(
            own.TotalProcessorTime,
            own.WorkingSet64,
            own.VirtualMemorySize64,
            MachineFacts.DescriptorCount,
            MachineFacts.ThreadCount,
            own.StartTime.ToUniversalTime());
    }
}
