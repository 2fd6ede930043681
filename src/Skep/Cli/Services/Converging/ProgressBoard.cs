using System.Text;

namespace Skep.Cli.Services.Converging;

/// <summary>Lines that say how far a service is: in place on a terminal, one a change elsewhere.</summary>
/// <param name="columns">Of the terminal; 0: unknown.</param>
internal sealed class ProgressBoard(Stream output, bool isTerminal, int columns)
{
    private const int BarWidth = 50, WideColumns = 110;

    private readonly List<string> lines = [];
    private readonly Dictionary<string, string> last = [];

    /// <summary>A line without a bar.</summary>
    public void Show(string id, string action) => Show(id, action, 0, 0);

    /// <param name="total">0: no bar.</param>
    public void Show(string id, string action, long current, long total)
    {
        if (!isTerminal)
        {
            // Bars make no sense in a file: docker leaves those lines out.
            if (total == 0 && (!last.TryGetValue(id, out string? before) || before != action))
            {
                last[id] = action;
                Write($"{id}: {action}\n");
            }

            return;
        }

        if (!lines.Contains(id))
        {
            lines.Add(id);
            Write("\n");
        }

        int up = lines.Count - lines.IndexOf(id);
        Write($"\x1b[{up}A\x1b[2K\r{id}: {action} {Bar(current, total)}\r\x1b[{up}B");
    }

    /// <summary>A line that stays; what follows starts anew below it.</summary>
    public void Say(string id, string message)
    {
        lines.Clear();
        Write(id.Length > 0 ? $"{id}: {message}\n" : message + "\n");
    }

    private string Bar(long current, long total)
    {
        if (total == 0 || (columns > 0 && columns <= WideColumns))
        {
            return "";
        }

        int done = (int)Math.Min(current * BarWidth / total, BarWidth);
        return $"[{new string('=', done)}>{new string(' ', BarWidth - done)}] ";
    }

    private void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
