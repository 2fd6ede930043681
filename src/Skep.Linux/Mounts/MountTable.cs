using System.Globalization;
using System.Text;
using Skep.Linux.Files;

namespace Skep.Linux.Mounts;

/// <summary>One line of /proc/self/mountinfo.</summary>
/// <param name="Root">The directory of the file system that is mounted: not "/" for a bind.</param>
/// <param name="Propagation">"shared:N", "master:N" and the like; none: private.</param>
public sealed record MountEntry(
    int Id,
    int ParentId,
    string Device,
    string Root,
    string Target,
    string Options,
    IReadOnlyList<string> Propagation,
    string FileSystem,
    string Source,
    string SuperOptions);

/// <summary>What is mounted where, in this process's mount namespace.</summary>
public static class MountTable
{
    private const string Path = "/proc/self/mountinfo";

    public static IReadOnlyList<MountEntry> Read() => Parse(File.ReadAllBytes(Path));

    /// <summary>Mounts at a directory or below it, the last made first: the order to remove them in.</summary>
    public static IReadOnlyList<MountEntry> Below(string directory)
    {
        string prefix = directory.TrimEnd('/') + "/";
        return [.. Read().Where(entry => (entry.Target + "/").StartsWith(prefix, StringComparison.Ordinal)).Reverse()];
    }

    /// <summary>Whether a path, which has no links in it, leads to the root of a mount.</summary>
    public static bool IsMountPoint(string path) =>
        Leads(Read(), path.Length > 1 ? path.TrimEnd('/') : path);

    // The table also lists what a later mount above it hides: in the namespace of a new host, say, the mounts that it
    // inherited below a folder and then covered. So the path is walked as the kernel does, from one mount to the next.
    internal static bool Leads(IReadOnlyList<MountEntry> entries, string path)
    {
        var listed = entries.Select(static entry => entry.Id).ToHashSet();
        MountEntry? at = null;
        for (int end = 0; end >= 0; end = end == path.Length ? -1 : NextSlash(path, end + 1))
        {
            string prefix = end == 0 ? "/" : path[..end];
            while (entries.FirstOrDefault(entry => entry.Target == prefix && IsOn(entry, at, listed)) is { } next)
            {
                at = next;
            }
        }

        return at?.Target == path;
    }

    // "id parent major:minor root target options [optional...] - type source superoptions"
    // (man 5 proc_pid_mountinfo). Space, tab, newline and backslash are written as octal escapes.
    internal static IReadOnlyList<MountEntry> Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<MountEntry>();
        foreach (string line in NameBytes.Decode(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-", startIndex: 6);
            if (dash < 0 || fields.Length < dash + 4)
            {
                throw new FormatException($"mountinfo line not understood: {line}");
            }

            entries.Add(new MountEntry(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                fields[2],
                Unescape(fields[3]),
                Unescape(fields[4]),
                fields[5],
                fields[6..dash],
                fields[dash + 1],
                Unescape(fields[dash + 2]),
                fields[dash + 3]));
        }

        return entries;
    }

    private static int NextSlash(string path, int start)
    {
        int slash = path.IndexOf('/', start);
        return slash < 0 ? path.Length : slash;
    }

    // The first mount of a namespace is on one that is not listed, or on itself.
    private static bool IsOn(MountEntry entry, MountEntry? below, HashSet<int> listed) => below is null
        ? entry.ParentId == entry.Id || !listed.Contains(entry.ParentId)
        : entry.ParentId == below.Id && entry.Id != below.Id;

    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
        {
            return field;
        }

        var text = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            bool isEscape = field[i] == '\\' && i + 3 < field.Length
                && field.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
            text.Append(isEscape ? (char)Convert.ToInt32(field.Substring(i + 1, 3), fromBase: 8) : field[i]);
            i += isEscape ? 3 : 0;
        }

        return text.ToString();
    }
}
