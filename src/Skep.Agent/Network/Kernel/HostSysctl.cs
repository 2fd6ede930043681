using Skep.Linux.Namespaces;

namespace Skep.Agent.Network.Kernel;

/// <summary>Settings of the namespace in which the daemon runs.</summary>
internal static class HostSysctl
{
    /// <returns>False: this kernel has no such setting.</returns>
    public static bool Set(string name, string value) => Read(name) == value || InsideNamespace.SetSysctl(name, value);

    /// <returns>Null: this kernel has no such setting.</returns>
    public static string? Read(string name)
    {
        string path = "/proc/sys/" + name;
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }
}
