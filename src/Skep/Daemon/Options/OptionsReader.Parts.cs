using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Daemon.Options;

// What the engines are told: networks, registries, containers.
public static partial class OptionsReader
{
    private const string StockRuntime = "runc";
    private const string BuiltInSeccomp = "builtin";

    private static NetworkDefaults ReadNetwork(Settings settings)
    {
        string? bridge = settings.Text("bridge");
        string? address = settings.Text("bip");
        if (bridge is not (null or "none"))
        {
            throw Refuse($"--bridge={bridge}: Skep makes its own bridges, only 'none' may be said here");
        }

        if (bridge is not null && address is not null)
        {
            throw Refuse(
                "You specified -b & --bip, mutually exclusive options. Please specify only one");
        }

        int mtu = settings.Number("mtu") ?? 0;
        return new NetworkDefaults
        {
            BridgeAddress = address is null ? null : ReadBridgeAddress(address),
            Mtu = mtu switch
            {
                0 => BuiltInDefaults.Mtu,
                >= 68 and <= 65535 => mtu,
                _ => throw Settings.Wrong("mtu", mtu.ToString(CultureInfo.InvariantCulture), "from 68 to 65535"),
            },
            PublishAddress = settings.Text("ip") is { } ip ? ReadAddress(ip) : null,
            AddressPools = [.. settings.List("default-address-pool").Select(ReadPool)],
            DnsServers = [.. settings.List("dns").Select(ReadAddress)],
            DnsSearch = [.. settings.List("dns-search")],
            DnsOptions = [.. settings.List("dns-opt")],
            UserlandProxy = settings.Bool("userland-proxy", true),
        };
    }

    private static string? ReadMode(Settings settings, string flag, params ReadOnlySpan<string> known) =>
        settings.Text(flag) is not { Length: > 0 } text ? null
            : known.Contains(text) ? text
            : throw new RefusedException(
                ErrorKind.Invalid, $"invalid value \"{text}\" for --{flag}: it is {string.Join(" or ", known!)}");

    private static IPAddress ReadAddress(string text) =>
        IPAddress.TryParse(text.Trim(), out IPAddress? address)
            ? address
            : throw Refuse($"{text} is not an ip address");

    private static IPNetworkAddress ReadBridgeAddress(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && IPAddress.TryParse(parts[0], out IPAddress? address)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            && bits <= address.GetAddressBytes().Length * 8
            ? new IPNetworkAddress(address, bits)
            : throw Settings.Wrong("bip", text, "an address with its prefix length, like 172.17.0.1/16");
    }

    private static AddressPool ReadPool(string text)
    {
        IPNetwork? range = null;
        int bits = 0;
        foreach (string part in text.Split(','))
        {
            bool isKnown = part.Split('=') switch
            {
                ["base", var subnet] when IPNetwork.TryParse(subnet.Trim(), out IPNetwork parsed) =>
                    (range = parsed) is not null,
                ["size", var size] => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out bits),
                _ => false,
            };
            if (!isKnown)
            {
                range = null;
                break;
            }
        }

        if (range is not { } pool || bits < pool.PrefixLength || bits > pool.BaseAddress.GetAddressBytes().Length * 8)
        {
            throw Settings.Wrong("default-address-pool", text, "like base=10.10.0.0/16,size=24");
        }

        return new AddressPool(pool, bits);
    }

    private static RegistrySettings ReadRegistries(Settings settings)
    {
        if (settings.Number("max-concurrent-downloads") is < 0 and var downloads)
        {
            throw Refuse($"invalid max concurrent downloads: {downloads}");
        }

        if (settings.Number("max-download-attempts") is <= 0 and var attempts)
        {
            throw Refuse($"invalid max download attempts: {attempts}");
        }

        return new RegistrySettings
        {
            Insecure = [.. settings.List("insecure-registry").Select(ReadInsecure)],
            Mirrors = [.. settings.List("registry-mirror").Select(ReadMirror)],
        };
    }

    private static string ReadInsecure(string text)
    {
        string name = text.Trim();
        return name.Length == 0 || name.StartsWith('-') || name.Contains("://", StringComparison.Ordinal)
            ? throw Refuse($"insecure registry {text} should not contain '://'")
            : name;
    }

    private static Uri ReadMirror(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? mirror))
        {
            throw Refuse($"invalid mirror: \"{text}\" is not a valid URI");
        }

        if (mirror.Scheme is not ("http" or "https"))
        {
            throw Refuse($"invalid mirror: unsupported scheme \"{mirror.Scheme}\" in \"{text}\"");
        }

        return mirror.Query.Length > 0 || mirror.Fragment.Length > 0
            ? throw Refuse($"invalid mirror: query or fragment at end of the URI \"{text}\"")
            : mirror;
    }

    private static ContainerDefaults ReadContainers(Settings settings)
    {
        foreach (string option in settings.List("exec-opt"))
        {
            CheckExecOption(option);
        }

        ImmutableSortedDictionary<string, string> runtimes = settings.Map("add-runtime");
        if (runtimes.ContainsKey(StockRuntime))
        {
            throw Refuse($"runtime name '{StockRuntime}' is reserved");
        }

        string runtime = settings.Text("default-runtime") ?? StockRuntime;
        if (runtime is not (StockRuntime or "io.containerd.runc.v2") && !runtimes.ContainsKey(runtime))
        {
            throw Refuse($"specified default runtime '{runtime}' does not exist");
        }

        // "default" is what older configuration files say.
        string seccomp = settings.Text("seccomp-profile") is { Length: > 0 } named and not "default"
            ? named
            : BuiltInSeccomp;
        _ = OneOf("default-ipc-mode", settings.Text("default-ipc-mode"), "private", "shareable");
        _ = OneOf("default-cgroupns-mode", settings.Text("default-cgroupns-mode"), "private", "host");
        return new ContainerDefaults
        {
            CgroupParent = settings.Text("cgroup-parent"),
            Runtimes = runtimes,
            Runtime = runtime,
            Ulimits = [.. settings.List("default-ulimit").Select(ReadUlimit)],
            ShmBytes = settings.Text("default-shm-size") is { } size ? ReadSize(size) : BuiltInDefaults.ShmBytes,
            Init = settings.Bool("init", false),
            InitPath = settings.Text("init-path"),
            LogDriver = OneOf("log-driver", settings.Text("log-driver"), "json-file", "none"),
            LogOptions = settings.Map("log-opt"),
            NoNewPrivileges = settings.Bool("no-new-privileges", false),
            SeccompProfileName = seccomp,
            SeccompProfile = seccomp switch
            {
                BuiltInSeccomp => null,
                "unconfined" => seccomp,
                _ => ReadSeccompProfile(seccomp),
            },
            IpcMode = ReadMode(settings, "default-ipc-mode", "private", "shareable") ?? "private",
            CgroupnsMode = ReadMode(settings, "default-cgroupns-mode", "private", "host"),
        };
    }

    // A mistake in it is found here: otherwise no container would start.
    private static string ReadSeccompProfile(string path)
    {
        try
        {
            string profile = File.ReadAllText(path);
            _ = SeccompFilter.Parse(profile);
            return profile;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"opening seccomp profile ({path}) failed: {error.Message}");
        }
        catch (RefusedException error)
        {
            throw Refuse($"seccomp profile {path}: {error.Message}");
        }
    }

    private static string OneOf(string flag, string? given, string first, string second) =>
        given is null || given == first ? first
        : given == second ? second
        : throw Settings.Wrong(flag, given, $"{first} or {second}");

    private static void CheckExecOption(string option)
    {
        const string driver = "native.cgroupdriver=";
        if (!option.StartsWith(driver, StringComparison.Ordinal))
        {
            throw Refuse($"invalid exec-opt {option}: only {driver}cgroupfs is known");
        }

        if (option[driver.Length..] != "cgroupfs")
        {
            throw Refuse($"exec-opt {option} is not supported: Skep keeps cgroups itself, say {driver}cgroupfs");
        }
    }

    private static Ulimit ReadUlimit(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] limits = equals < 0 ? [] : text[(equals + 1)..].Split(':');
        return limits.Length is 1 or 2
            && long.TryParse(limits[0], out long soft)
            && long.TryParse(limits[^1], out long hard)
            && (hard == -1 || (soft != -1 && soft <= hard))
            ? new Ulimit(text[..equals], hard, soft)
            : throw Settings.Wrong("default-ulimit", text, "like nofile=1024:2048, the soft limit not over the hard");
    }

    // 64000000, 64m, 64M, 64MB, 1.5g: binary multiples, as in Docker.
    private static long ReadSize(string text)
    {
        string trimmed = text.Trim().ToLowerInvariant().TrimEnd('b').TrimEnd('i');
        string digits = trimmed.TrimEnd('k', 'm', 'g', 't');
        long unit = trimmed[digits.Length..] switch
        {
            "" => 1,
            "k" => 1L << 10,
            "m" => 1L << 20,
            "g" => 1L << 30,
            "t" => 1L << 40,
            _ => 0,
        };
        return unit > 0
            && double.TryParse(
                digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number > 0
            ? (long)(number * unit)
            : throw Settings.Wrong("default-shm-size", text, "a size like 64m");
    }
}
