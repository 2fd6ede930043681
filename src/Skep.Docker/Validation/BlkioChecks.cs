using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Limits on disks: what the kernel's block I/O controller can do of what was asked.</summary>
internal static class BlkioChecks
{
    public static Resources Check(Resources asked, KernelFacts kernel, List<string> warnings)
    {
        Resources resources = asked;
        if (resources.BlkioWeight > 0 && !kernel.BlkioWeight)
        {
            warnings.Add(NotSupported("Block I/O weight", "Weight discarded."));
            resources = resources with { BlkioWeight = 0 };
        }

        if (resources.BlkioWeight is > 0 and < 10 or > 1000)
        {
            throw new RefusedException(ErrorKind.Invalid, "Range of blkio weight is from 10 to 1000");
        }

        if (resources.BlkioWeightDevice is { Count: > 0 } && !kernel.BlkioWeightDevice)
        {
            warnings.Add(NotSupported("Block I/O weight_device", "Weight-device discarded."));
            resources = resources with { BlkioWeightDevice = [] };
        }

        bool Lacks(IReadOnlyList<ThrottleDevice>? throttles, bool supported, string unit, string way)
        {
            if (throttles is not { Count: > 0 } || supported)
            {
                return false;
            }

            string what = unit == "BPS" ? $"BPS Block I/O {way} limit" : $"IOPS Block {way} limit";
            warnings.Add(NotSupported(what, $"Block I/O {unit} {way} limit discarded."));
            return true;
        }

        return resources with
        {
            BlkioDeviceReadBps = Lacks(resources.BlkioDeviceReadBps, kernel.BlkioReadBps, "BPS", "read")
                ? [] : resources.BlkioDeviceReadBps,
            BlkioDeviceWriteBps = Lacks(resources.BlkioDeviceWriteBps, kernel.BlkioWriteBps, "BPS", "write")
                ? [] : resources.BlkioDeviceWriteBps,
            BlkioDeviceReadIOps = Lacks(resources.BlkioDeviceReadIOps, kernel.BlkioReadIops, "IOPS", "read")
                ? [] : resources.BlkioDeviceReadIOps,
            BlkioDeviceWriteIOps = Lacks(resources.BlkioDeviceWriteIOps, kernel.BlkioWriteIops, "IOPS", "write")
                ? [] : resources.BlkioDeviceWriteIOps,
        };
    }

    private static string NotSupported(string what, string effect)
        => $"Your kernel does not support {what} or the cgroup is not mounted. {effect}";
}
