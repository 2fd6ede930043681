using Skep.Docker.Validation;

namespace Skep.Tests.Docker.Validation;

/// <summary>A kernel that can do everything, for tests to take things away from.</summary>
public static class TestKernel
{
    public static KernelFacts Full { get; } = new()
    {
        Release = "6.1.0-test",
        Architecture = "amd64",
        CpuCount = 2,
        Capabilities = Capabilities.Known,
        Seccomp = true,
        CgroupNamespaces = true,
        CgroupDevices = true,
        MemoryLimit = true,
        SwapLimit = true,
        MemoryReservation = true,
        MemorySwappiness = true,
        OomKillDisable = true,
        CpuShares = true,
        CpuCfs = true,
        Cpuset = true,
        CpusetCpus = "0-1",
        CpusetMems = "0",
        PidsLimit = true,
        BlkioWeight = true,
        BlkioWeightDevice = true,
        BlkioReadBps = true,
        BlkioWriteBps = true,
        BlkioReadIops = true,
        BlkioWriteIops = true,
        PingGroupRange = true,
        UnprivilegedPortStart = true,
        RecursiveReadOnly = true,
    };

    /// <summary>Nothing but processes: no controller is mounted.</summary>
    public static KernelFacts Bare { get; } = new()
    {
        Release = "6.1.0-test",
        Architecture = "amd64",
        CpuCount = 2,
        Capabilities = Capabilities.Known,
    };
}
