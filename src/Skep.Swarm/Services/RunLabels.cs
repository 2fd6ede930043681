using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>Labels of a service's containers that carry options of `docker run`, by the names of its flags.</summary>
/// <remarks>
/// <c>skep.run.privileged=true</c>, <c>skep.run.device=/dev/fuse,/dev/sda:/dev/xvda:r</c>. They are part of what tasks
/// are made from, so a change replaces the tasks; and every client and manager keeps them.
/// </remarks>
public static class RunLabels
{
    public const string Prefix = "skep.run.";

    public const string Privileged = Prefix + "privileged", Pid = Prefix + "pid", Ipc = Prefix + "ipc",
        CgroupNamespace = Prefix + "cgroupns", CgroupParent = Prefix + "cgroup-parent", Device = Prefix + "device",
        DeviceRule = Prefix + "device-cgroup-rule", Uts = Prefix + "uts", AppArmor = Prefix + "apparmor";

    private static readonly string[] All =
        [AppArmor, CgroupParent, CgroupNamespace, Device, DeviceRule, Ipc, Pid, Privileged, Uts];

    /// <exception cref="RefusedException">A label of this kind means nothing.</exception>
    public static RunOptions Read(ValueMap<string> labels)
    {
        var options = new RunOptions();
        foreach ((string key, string value) in labels)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                options = With(options, key, value);
            }
        }
        return options;
    }

    private static RunOptions With(RunOptions options, string key, string value) => key switch
    {
        Privileged => options with { IsPrivileged = OneOf(key, value, "true", "false") == "true" },
        Pid => options with { Pid = OneOf(key, value, "host") },
        Uts => options with { Uts = OneOf(key, value, "host") },
        AppArmor => options with { AppArmor = value },
        Ipc => options with { Ipc = OneOf(key, value, "host", "private", "none") },
        CgroupNamespace => options with { CgroupNamespace = OneOf(key, value, "host", "private") },
        CgroupParent => options with { CgroupParent = value },
        Device => options with { Devices = [.. Split(value).Select(text => DeviceOf(key, text))] },
        DeviceRule => options with { DeviceRules = [.. Split(value).Select(text => RuleOf(key, text))] },
        _ => throw Refused($"label {key}: there is no such option; there are {string.Join(", ", All)}"),
    };

    private static string OneOf(string key, string value, params string[] words) => words.Contains(value)
        ? value
        : throw Refused($"label {key}: \"{value}\" is not possible; use {string.Join(" or ", words)}");

    /// <summary>"/dev/x[:/dev/y][:rwm]".</summary>
    private static RunDevice DeviceOf(string key, string text)
    {
        string[] parts = text.Split(':');
        bool endsWithAccess = parts.Length == 2 && IsAccess(parts[1]);
        var device = new RunDevice(
            parts[0],
            parts.Length > 1 && !endsWithAccess ? parts[1] : parts[0],
            parts.Length == 3 ? parts[2] : endsWithAccess ? parts[1] : "rwm");
        return parts.Length <= 3 && device.Source.StartsWith('/') && device.Target.StartsWith('/')
            && IsAccess(device.Access)
            ? device
            : throw Refused($"label {key}: \"{text}\" is not /dev/NODE[:/dev/CONTAINER][:rwm]");
    }

    private static string RuleOf(string key, string text)
    {
        string[] parts = text.Split(' ');
        bool fits = parts.Length == 3 && parts[0] is "a" or "b" or "c"
            && parts[1].Split(':') is [var major, var minor] && IsNumberOrStar(major) && IsNumberOrStar(minor)
            && IsAccess(parts[2]);
        return fits ? text : throw Refused($"label {key}: \"{text}\" is not like \"c 10:229 rwm\"");
    }

    private static bool IsAccess(string text) => text.Length is >= 1 and <= 3 && text.All("rwm".Contains);

    private static bool IsNumberOrStar(string text) =>
        text == "*" || (text.Length > 0 && text.All(char.IsAsciiDigit));

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static RefusedException Refused(string problem) => new(ErrorKind.Invalid, problem);
}
