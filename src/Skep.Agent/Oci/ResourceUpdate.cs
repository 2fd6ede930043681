using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Agent.Oci;

/// <summary>New limits for a running container: only what the request names. Pure.</summary>
public static class ResourceUpdate
{
    /// <summary>The type of what <see cref="Build"/> makes, for containerd's Tasks.Update.</summary>
    public const string TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

    /// <param name="update">Checked (<see cref="ContainerChecks.CheckUpdate"/>).</param>
    public static byte[] Build(Resources update, KernelFacts kernel)
        => JsonSerializer.SerializeToUtf8Bytes(BuildResources(update, kernel), OciJson.Default.ResourcesSpec);

    public static ResourcesSpec BuildResources(Resources update, KernelFacts kernel)
    {
        var named = new MemorySpec
        {
            Limit = update.Memory == 0 ? null : update.Memory,
            Reservation = update.MemoryReservation == 0 ? null : update.MemoryReservation,
            Swap = update.MemorySwap == 0 || !kernel.SwapLimit ? null : update.MemorySwap,
        };
        return new ResourcesSpec
        {
            Memory = named == new MemorySpec() ? null : named,
            Cpu = SpecResources.Cpu(update),
            Pids = SpecResources.Pids(update.PidsLimit),
            BlockIo = update.BlkioWeight == 0 ? null : new BlockIoSpec { Weight = update.BlkioWeight },
        };
    }
}
