namespace Skep.Cli.Copying;

/// <summary>One side of a copy.</summary>
internal sealed record CopySide(string Path, bool Exists, bool IsDirectory);

/// <summary>Into which directory an archive goes, and how its first name changes on the way.</summary>
/// <param name="OldName">Null: names stay as they are.</param>
internal sealed record CopyPlan(string Directory, string? OldName, string NewName)
{
    /// <summary>cp's rules, which are those of cp -r with docker's words for what cannot be.</summary>
    public static CopyPlan Of(CopySide source, CopySide destination)
    {
        (string directory, string name) = CopyPath.Split(destination.Path);
        (_, string sourceName) = CopyPath.Split(source.Path);
        if (destination is { Exists: true, IsDirectory: true })
        {
            return new CopyPlan(destination.Path, null, "");
        }

        if (destination.Exists && source.IsDirectory)
        {
            throw new CommandFailedException("cannot copy directory");
        }

        return !destination.Exists && !source.IsDirectory && CopyPath.ClaimsDirectory(destination.Path)
            ? throw new CommandFailedException("no such directory")
            : new CopyPlan(directory, sourceName == "/" ? "" : sourceName, name);
    }

    /// <summary>The entry's name at its destination.</summary>
    public string Rename(string entry)
    {
        if (OldName is null)
        {
            return entry;
        }

        int at = entry.IndexOf(OldName, StringComparison.Ordinal);
        return at < 0 ? entry : entry[..at] + NewName + entry[(at + OldName.Length)..];
    }
}
