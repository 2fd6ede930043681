using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>What Docker has and this program has not, or not yet: refused by name, never ignored.</summary>
internal static class Unsupported
{
    public static void Check(HostConfig host)
    {
        if (host.Runtime is not ("" or HostConfigDefaults.Runtime or "io.containerd.runc.v2"))
        {
            throw new RefusedException(ErrorKind.Invalid, $"unknown or invalid runtime name: {host.Runtime}");
        }

        foreach (string option in (host.StorageOpt ?? new Dictionary<string, string>()).Keys)
        {
            throw option == "size"
                ? new RefusedException(ErrorKind.Failed,
                    "--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
                : new RefusedException(ErrorKind.Failed, $"Unknown option {option}");
        }

        if (host.Cgroup.Length > 0)
        {
            throw new RefusedException(ErrorKind.Unsupported, "joining another container's cgroup is not supported");
        }
    }
}
