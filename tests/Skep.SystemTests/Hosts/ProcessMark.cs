using System.Globalization;

namespace Skep.SystemTests.Hosts;

/// <summary>A process, told apart from a later one with the same number by the moment it was started.</summary>
internal sealed record ProcessMark(int Id, long StartTicks)
{
    public bool IsAlive => Of(Id) == this;

    /// <summary>The running process with this number; null when there is none.</summary>
    public static ProcessMark? Of(int id)
    {
        try
        {
            // proc(5): field 22 is the start time, field 3 the state; the name in field 2 may hold blanks and brackets.
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new ProcessMark(id, Number(fields[19]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A mark written by <see cref="ToString"/>; null when the text is something else.</summary>
    public static ProcessMark? Parse(string text)
    {
        string[] words = text.Trim().Split(' ');
        return words.Length == 2 && int.TryParse(words[0], CultureInfo.InvariantCulture, out int id)
            && long.TryParse(words[1], CultureInfo.InvariantCulture, out long ticks)
            ? new ProcessMark(id, ticks)
            : null;
    }

    /// <summary>The first child of a process, waiting for it to be born.</summary>
    public static async Task<ProcessMark> ChildOfAsync(int parent, TimeSpan timeout)
    {
        ProcessMark? child = null;
        await Eventually.TrueAsync($"process {parent} has a child", timeout, () =>
        {
            string[] children = Children(parent);
            child = children.Length > 0 ? Of((int)Number(children[0])) : null;
            if (child is null && Of(parent) is null)
            {
                throw new InvalidOperationException($"Process {parent} ended before it had a child");
            }

            return child is not null;
        });
        return child!;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {StartTicks}");

    private static string[] Children(int parent)
    {
        try
        {
            return File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
