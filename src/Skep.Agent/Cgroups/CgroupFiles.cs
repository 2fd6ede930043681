using System.Globalization;

namespace Skep.Agent.Cgroups;

/// <summary>Reads the small text files of control groups. A file that is not there counts as empty or zero.</summary>
/// <remarks>A container may end between two reads: what is gone used nothing.</remarks>
internal static class CgroupFiles
{
    public static string ReadText(string? directory, string name)
    {
        if (directory is null)
        {
            return "";
        }

        try
        {
            return File.ReadAllText($"{directory}/{name}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // ENOENT when the group or the kernel's feature is not there, ENODEV and EOPNOTSUPP when it just went.
            return "";
        }
    }

    /// <summary>A file with one number; "max" is the highest there is.</summary>
    public static ulong ReadNumber(string? directory, string name) => Number(ReadText(directory, name).Trim());

    /// <summary>A file of lines "name number".</summary>
    public static Dictionary<string, ulong> ReadTable(string? directory, string name)
    {
        var table = new Dictionary<string, ulong>();
        foreach (string line in ReadText(directory, name).Split('\n'))
        {
            if (line.Split(' ') is [var key, var value])
            {
                table[key] = Number(value);
            }
        }

        return table;
    }

    public static ulong Number(string text)
    {
        if (text == "max")
        {
            return ulong.MaxValue;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : 0;
    }
}
