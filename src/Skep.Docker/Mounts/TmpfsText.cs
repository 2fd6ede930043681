using System.Globalization;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Docker.Mounts;

/// <summary>Mount options of a tmpfs.</summary>
public static class TmpfsText
{
    private static readonly string[] Defaults = ["noexec", "nosuid", "nodev", "rprivate"];

    /// <summary>The options of a mount request as mount(8) would take them.</summary>
    public static string From(TmpfsOptions? options, bool readOnly)
    {
        var words = new List<string>();
        if (readOnly)
        {
            words.Add("ro");
        }

        if (options is { Mode: not 0 })
        {
            words.Add("mode=" + Convert.ToString(options.Mode, toBase: 8));
        }

        if (options is { SizeBytes: not 0 })
        {
            words.Add("size=" + Size(options.SizeBytes));
        }

        foreach (IReadOnlyList<string> option in options?.Options ?? [])
        {
            if (option.Count is 0 or > 2)
            {
                throw new RefusedException(ErrorKind.Invalid, "invalid option array length");
            }

            if (option[0] is not ("exec" or "noexec"))
            {
                throw new RefusedException(ErrorKind.Invalid, "invalid option: " + option[0]);
            }

            words.Add(string.Join('=', option));
        }

        return string.Join(',', words);
    }

    /// <summary>Docker's defaults and what was asked, each kind once: what was said last counts.</summary>
    /// <exception cref="RefusedException">An option that a tmpfs does not have.</exception>
    public static IReadOnlyList<string> Merge(string asked)
    {
        var seen = new HashSet<string>();
        var merged = new List<string>();
        string[] words = asked.Length == 0 ? Defaults : [.. Defaults, .. asked.Split(',')];
        foreach (string word in Enumerable.Reverse(words))
        {
            if (word != "defaults" && seen.Add(KindOf(word)))
            {
                merged.Insert(0, word);
            }
        }

        return merged;
    }

    // Two words of one kind contradict each other or repeat themselves.
    private static string KindOf(string word) => word switch
    {
        "ro" or "rw" => "ro",
        "suid" or "nosuid" => "suid",
        "dev" or "nodev" => "dev",
        "exec" or "noexec" => "exec",
        "sync" or "async" => "sync",
        "mand" or "nomand" => "mand",
        "atime" or "noatime" => "atime",
        "diratime" or "nodiratime" => "diratime",
        "relatime" or "norelatime" => "relatime",
        "strictatime" or "nostrictatime" => "strictatime",
        "dirsync" or "remount" => word,
        "unbindable" or "runbindable" or "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave" =>
            "propagation",
        _ => KeyOf(word),
    };

    private static string KeyOf(string word)
    {
        string[] pair = word.Split('=', 2);
        return pair.Length == 2 && pair[0] is "size" or "mode" or "uid" or "gid" or "nr_inodes" or "nr_blocks" or "mpol"
            ? pair[0]
            : throw new RefusedException(
                ErrorKind.Invalid, $"invalid tmpfs option [{string.Join(' ', pair.Select(GoText.Quote))}]");
    }

    // The largest unit that leaves no rest.
    private static string Size(long bytes)
    {
        foreach ((string unit, long divisor) in new[] { ("g", 1L << 30), ("m", 1L << 20), ("k", 1L << 10) })
        {
            if (bytes % divisor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / divisor}{unit}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
