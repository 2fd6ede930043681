using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Skep.Docker.Validation;
using Skep.Linux;
using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Agent.Volumes;

/// <summary>What the options type, device and o of a local volume mount onto its directory.</summary>
/// <remarks>Passwords stand in "o": a message shows the names of such options, never their values.</remarks>
internal sealed partial record LocalMount(string Type, string Device, string Options)
{
    private static readonly string[] Known = ["type", "o", "device", "size"];

    /// <summary>Null: the volume is a plain directory.</summary>
    public static LocalMount? Of(IReadOnlyDictionary<string, string>? options)
    {
        string type = options?.GetValueOrDefault("type") ?? "";
        string device = options?.GetValueOrDefault("device") ?? "";
        return type.Length == 0 && device.Length == 0
            ? null
            : new LocalMount(type, device, options?.GetValueOrDefault("o") ?? "");
    }

    /// <exception cref="RefusedException">Docker's words, without the volume's name.</exception>
    public static void Check(IReadOnlyDictionary<string, string>? options)
    {
        options ??= new Dictionary<string, string>();
        foreach (string name in options.Keys.Order(StringComparer.Ordinal))
        {
            Demand(Known.Contains(name), $"invalid option: {GoText.Quote(name)}");
        }

        if (options.TryGetValue("size", out string? size))
        {
            Demand(Size().IsMatch(size), $"invalid size: '{size}'");
            Demand(size.AsSpan().IndexOfAnyInRange('1', '9') < 0, "quota size requested but no quota support");
        }

        bool isMount = options.ContainsKey("device") || options.ContainsKey("type") || options.ContainsKey("o");
        foreach (string needed in isMount ? new[] { "device", "type" } : [])
        {
            Demand(options.ContainsKey(needed), $"missing required option: {GoText.Quote(needed)}");
        }

        string host = HostOf(options.GetValueOrDefault("device") ?? "");
        Demand(
            options.GetValueOrDefault("type") != "cifs" || !host.Contains(':') || host.StartsWith('['),
            "port not allowed in CIFS device URL, include 'port' in 'o='");
    }

    public async Task MountAsync(string target, CancellationToken stop)
    {
        (string device, string options) = await ResolveAsync(stop);
        try
        {
            KernelMounts.Mount(Type, device, target, options.Split(','));
        }
        catch (Exception e) when (e is ErrnoException or FormatException)
        {
            ulong flags = e is ErrnoException ? MountOptions.Parse(options.Split(',')).Flags : 0;
            string shownFlags = flags == 0 ? "" : $", flags: 0x{flags:x}";
            string data = e is ErrnoException ? MountOptions.Parse(Masked(options).Split(',')).Data : "";
            string shownData = data.Length == 0 ? "" : $", data: {data}";
            string reason = e.Message[(e.Message.LastIndexOf(": ", StringComparison.Ordinal) + 1)..].Trim();
            throw new RefusedException(
                ErrorKind.Failed,
                $"failed to mount local volume: mount {Device}:{target}{shownFlags}{shownData}: "
                + char.ToLowerInvariant(reason[0]) + reason[1..]);
        }
    }

    // The kernel's network file systems do not know names: mount(8)'s helpers look them up, and so do we.
    private async Task<(string Device, string Options)> ResolveAsync(CancellationToken stop)
    {
        if (Type is not ("nfs" or "nfs4" or "cifs"))
        {
            return (Device, Options);
        }

        string[] words = Options.Split(',');
        int at = Array.FindIndex(words, word => word.StartsWith("addr=", StringComparison.Ordinal));
        if (at >= 0)
        {
            words[at] = "addr=" + await AddressAsync(words[at]["addr=".Length..], stop);
            return (Device, string.Join(',', words));
        }

        string host = HostOf(Device);
        return Type == "cifs" && host.Length > 0
            ? ("//" + await AddressAsync(host, stop) + Device[(2 + host.Length)..], Options)
            : (Device, Options);
    }

    private static async Task<string> AddressAsync(string host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out _))
        {
            return host;
        }

        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host, stop);
            return (found.FirstOrDefault(ip => ip.AddressFamily == AddressFamily.InterNetwork) ?? found[0]).ToString();
        }
        catch (SocketException e)
        {
            throw new RefusedException(
                ErrorKind.Failed, $"error resolving passed in network volume address: lookup {host}: {e.Message}", e);
        }
    }

    internal static string Masked(string options) => string.Join(',', options.Split(',').Select(word =>
    {
        string name = word.Split('=', 2)[0];
        return word.Contains('=') && SecretName().IsMatch(name) ? name + "=********" : word;
    }));

    private static string HostOf(string device) =>
        device.StartsWith("//", StringComparison.Ordinal) ? device[2..].Split('/', 2)[0] : "";

    private static void Demand(bool claim, string otherwise)
    {
        if (!claim)
        {
            throw new RefusedException(ErrorKind.Invalid, otherwise);
        }
    }

    [GeneratedRegex(@"^\d+(\.\d+)* ?[kKmMgGtTpP]?[iI]?[bB]?$")]
    private static partial Regex Size();

    [GeneratedRegex("pass|cred|secret|key", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
