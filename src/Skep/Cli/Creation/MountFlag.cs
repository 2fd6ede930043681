using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>--mount "type=bind,source=…,target=…".</summary>
internal static class MountFlag
{
    /// <exception cref="FormatException">With docker's words.</exception>
    public static Mount Parse(string text)
    {
        var mount = new Mount { Type = "volume" };
        foreach (string field in CsvFields.Split(text))
        {
            int equals = field.IndexOf('=');
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            mount = equals < 0 ? WithSwitch(mount, key, field) : With(mount, key, field[(equals + 1)..], field);
        }

        Check(mount);
        return mount;
    }

    private static Mount WithSwitch(Mount mount, string key, string field) => key switch
    {
        "readonly" or "ro" => mount with { ReadOnly = true },
        "volume-nocopy" => mount with { VolumeOptions = Volume(mount) with { NoCopy = true } },
        "bind-nonrecursive" => mount with { BindOptions = Bind(mount) with { NonRecursive = true } },
        _ => throw new FormatException($"invalid field '{field}' must be a key=value pair"),
    };

    private static Mount With(Mount mount, string key, string value, string field) => key switch
    {
        "type" => mount with { Type = value.ToLowerInvariant() },
        "source" or "src" => mount with { Source = value.StartsWith('.') ? Path.GetFullPath(value) : value },
        "target" or "dst" or "destination" => mount with { Target = value },
        "readonly" or "ro" => mount with { ReadOnly = Bool(key, value) },
        "consistency" => mount with { Consistency = value.ToLowerInvariant() },
        "bind-propagation" => mount with { BindOptions = Bind(mount) with { Propagation = value.ToLowerInvariant() } },
        "bind-nonrecursive" => mount with { BindOptions = Bind(mount) with { NonRecursive = Bool(key, value) } },
        "bind-recursive" => WithRecursion(mount, value),
        "volume-subpath" => mount with { VolumeOptions = Volume(mount) with { Subpath = value } },
        "volume-nocopy" => mount with { VolumeOptions = Volume(mount) with { NoCopy = Bool(key, value) } },
        "volume-label" => mount with
        {
            VolumeOptions = Volume(mount) with { Labels = Added(Volume(mount).Labels, value) },
        },
        "volume-driver" => mount with
        {
            VolumeOptions = Volume(mount) with { DriverConfig = Driver(mount) with { Name = value } },
        },
        "volume-opt" => mount with
        {
            VolumeOptions = Volume(mount) with
            {
                DriverConfig = Driver(mount) with { Options = Added(Driver(mount).Options, value) },
            },
        },
        "tmpfs-size" => mount with { TmpfsOptions = Tmpfs(mount) with { SizeBytes = Size(key, value) } },
        "tmpfs-mode" => mount with { TmpfsOptions = Tmpfs(mount) with { Mode = Octal(key, value) } },
        _ => throw new FormatException($"unexpected key '{key}' in '{field}'"),
    };

    private static Mount WithRecursion(Mount mount, string value) => value switch
    {
        "enabled" => mount,
        "disabled" => mount with { BindOptions = Bind(mount) with { NonRecursive = true } },
        "writable" => mount with { BindOptions = Bind(mount) with { ReadOnlyNonRecursive = true } },
        "readonly" => mount with { BindOptions = Bind(mount) with { ReadOnlyForceRecursive = true } },
        _ => throw new FormatException($"invalid value for bind-recursive: {value} "
            + "(must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"),
    };

    private static void Check(Mount mount)
    {
        string? complaint =
            mount.Type.Length == 0 ? "type is required"
            : mount.Target.Length == 0 ? "target is required"
            : mount.VolumeOptions is not null && mount.Type != "volume" ? Mix("volume", mount)
            : mount.BindOptions is not null && mount.Type != "bind" ? Mix("bind", mount)
            : mount.TmpfsOptions is not null && mount.Type != "tmpfs" ? Mix("tmpfs", mount)
            : mount is { BindOptions.ReadOnlyNonRecursive: true, ReadOnly: false } ? Needs("writable", "readonly")
            : mount is { BindOptions.ReadOnlyForceRecursive: true, ReadOnly: false } ? Needs("readonly", "readonly")
            : mount.BindOptions is { ReadOnlyForceRecursive: true, Propagation: not "rprivate" }
                ? Needs("readonly", "bind-propagation=rprivate")
            : null;
        if (complaint is not null)
        {
            throw new FormatException(complaint);
        }
    }

    private static string Mix(string kind, Mount mount) =>
        $"cannot mix '{kind}-*' options with mount type '{mount.Type}'";

    private static string Needs(string mode, string other) =>
        $"option 'bind-recursive={mode}' requires '{other}' to be specified in conjunction";

    private static BindOptions Bind(Mount mount) => mount.BindOptions ?? new BindOptions();

    private static TmpfsOptions Tmpfs(Mount mount) => mount.TmpfsOptions ?? new TmpfsOptions();

    private static VolumeOptions Volume(Mount mount) => mount.VolumeOptions ?? new VolumeOptions
    {
        Labels = new Dictionary<string, string>(),
        DriverConfig = new MountDriver(),
    };

    private static MountDriver Driver(Mount mount) => Volume(mount).DriverConfig ?? new MountDriver();

    private static Dictionary<string, string> Added(IReadOnlyDictionary<string, string>? map, string pair) =>
        KeyValues.Map([.. (map ?? new Dictionary<string, string>()).Select(e => $"{e.Key}={e.Value}"), pair]);

    private static bool Bool(string key, string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"invalid value for {key}: {value}"),
    };

    private static long Size(string key, string value)
    {
        try
        {
            return ByteSize.Parse(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for {key}: {value}");
        }
    }

    private static uint Octal(string key, string value)
    {
        bool isOctal = value.Length is > 0 and <= 10 && value.All(c => c is >= '0' and <= '7');
        return isOctal ? (uint)value.Aggregate(0L, (number, c) => (number * 8) + c - '0')
            : throw new FormatException($"invalid value for {key}: {value}");
    }
}
