using System.Net;
using Skep.Daemon.Options;
using Skep.Docker.Engine;

namespace Skep.Engine.Machine;

/// <summary>The registries part of /info.</summary>
internal static class RegistryReport
{
    public static InfoRegistries Of(RegistrySettings settings)
    {
        // "10.0.0.0/8" is a range of addresses, "registry:5000" one registry.
        string[] ranges = [.. settings.Insecure.Where(entry => IPNetwork.TryParse(entry, out _))];
        string[] mirrors = [.. settings.Mirrors.Select(mirror => mirror.ToString())];
        var indexes = new Dictionary<string, InfoRegistry>
        {
            ["docker.io"] = new() { Name = "docker.io", Mirrors = mirrors, Secure = true, Official = true },
        };
        foreach (string host in settings.Insecure.Except(ranges))
        {
            indexes[host] = new InfoRegistry { Name = host, Mirrors = [] };
        }

        return new InfoRegistries
        {
            InsecureCidrs = ["::1/128", "127.0.0.0/8", .. ranges.Except(["::1/128", "127.0.0.0/8"])],
            IndexConfigs = indexes,
            Mirrors = mirrors,
        };
    }
}

/// <summary>The daemon's proxies, without what would open them.</summary>
internal static class ProxyReport
{
    public static string Of(string variable) => Mask(
        Environment.GetEnvironmentVariable(variable)
        ?? Environment.GetEnvironmentVariable(variable.ToLowerInvariant())
        ?? "");

    internal static string Mask(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0
            ? address.Replace(uri.UserInfo + "@", "xxxxx:xxxxx@", StringComparison.Ordinal)
            : address;
}
