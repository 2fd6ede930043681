using System.Net;
using System.Net.Sockets;
using Skep.Docker.References;

namespace Skep.Agent.Images.Registry;

/// <summary>One address at which a registry, or a mirror of it, may answer.</summary>
/// <param name="IsVerified">False: the peer's certificate is not looked at (an insecure registry).</param>
/// <param name="IsMirror">A mirror gets no credentials, and its failure is no answer.</param>
internal sealed record RegistryEndpoint(Uri Address, bool IsVerified, bool IsMirror)
{
    private const string HubHost = "registry-1.docker.io";

    // As in Docker: what runs on this machine needs no certificate.
    private static readonly IReadOnlyList<IPNetwork> alwaysInsecure =
        [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>True when the registry runs on this machine: then it may also send us to this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The addresses to try for a registry, in order.</summary>
    public static async Task<IReadOnlyList<RegistryEndpoint>> AllAsync(
        string domain, RegistryOptions options, CancellationToken stop)
    {
        if (domain == ImageReference.DefaultDomain)
        {
            var all = new List<RegistryEndpoint>();
            foreach (string mirror in options.Mirrors)
            {
                all.Add(await NewAsync(WithSlash(mirror), isMirror: true, options, stop));
            }

            return [.. all, new RegistryEndpoint(new Uri($"https://{HubHost}/"), true, IsMirror: false)];
        }

        RegistryEndpoint secure = await NewAsync(new Uri($"https://{domain}/"), isMirror: false, options, stop);
        return secure.IsVerified
            ? [secure]
            : [secure, secure with { Address = new Uri($"http://{domain}/") }];
    }

    private static async Task<RegistryEndpoint> NewAsync(
        Uri address, bool isMirror, RegistryOptions options, CancellationToken stop)
    {
        IPAddress[] resolved = await ResolveAsync(address.DnsSafeHost, stop);
        bool isInsecure = IsInsecure(address.Authority, resolved, options.InsecureRegistries);
        return new RegistryEndpoint(address, !isInsecure, isMirror) { IsLocal = resolved.Any(IPAddress.IsLoopback) };
    }

    internal static bool IsInsecure(string domain, IReadOnlyList<IPAddress> resolved, IReadOnlyList<string> insecure)
    {
        if (insecure.Contains(domain))
        {
            return true;
        }

        var networks = alwaysInsecure.ToList();
        foreach (string text in insecure)
        {
            if (IPNetwork.TryParse(text, out IPNetwork network))
            {
                networks.Add(network);
            }
        }

        return resolved.Any(address => networks.Any(network => network.Contains(address)));
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return [literal];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host, stop);
        }
        catch (SocketException)
        {
            return []; // The request itself will say so, in words that name the address.
        }
    }

    private static Uri WithSlash(string address) => new(address.EndsWith('/') ? address : address + "/");
}
