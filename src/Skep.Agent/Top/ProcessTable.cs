using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Top;

/// <summary>The processes of a container, as this machine's ps prints them (GET /containers/{id}/top).</summary>
public static class ProcessTable
{
    private const string DefaultArguments = "-ef";

    /// <summary>White space as ps means it; text of a process may contain other kinds.</summary>
    private static readonly char[] Blanks = [' ', '\t', '\n', '\f', '\r'];

    /// <param name="arguments">For ps, split at blanks; "": -ef.</param>
    /// <param name="pids">The container's processes, by this machine's numbers.</param>
    public static async Task<TopResponse> ReadAsync(
        string arguments, IReadOnlyCollection<int> pids, CancellationToken stop)
    {
        string[] words = (arguments.Length > 0 ? arguments : DefaultArguments).Split(' ');
        RefuseRenamedPid(arguments);

        // Some arguments cannot be used together with a list of processes: ps is then asked for all.
        string list = "-q" + string.Join(',', pids);
        PsResult result = await RunAsync([.. words, list], stop);
        if (result.ExitCode != 0)
        {
            result = await RunAsync(words, stop);
        }

        return result.ExitCode == 0
            ? Parse(result.Output, pids)
            : throw new RefusedException(ErrorKind.Failed, "ps: " + FirstLine(result));
    }

    /// <summary>"-o pid=PID2" would make a column that looks like another's.</summary>
    internal static void RefuseRenamedPid(string arguments)
    {
        foreach (string word in arguments.Split(Blanks).Skip(1))
        {
            string[] halves = word.Split('=', 2);
            if (halves.Length == 2 && halves[0] != "pid" && halves[1].StartsWith("PID", StringComparison.Ordinal))
            {
                throw new RefusedException(ErrorKind.Failed,
                    $"specifying {GoText.Quote($"{halves[0]}={halves[1]}")} is not allowed");
            }
        }
    }

    internal static TopResponse Parse(string output, IReadOnlyCollection<int> pids)
    {
        string[] lines = output.Split('\n');
        string[] titles = Fields(lines[0]);
        int pidColumn = Array.IndexOf(titles, "PID");
        if (pidColumn < 0)
        {
            throw new RefusedException(ErrorKind.Failed, "Couldn't find PID field in ps output");
        }

        var processes = new List<IReadOnlyList<string>>();
        bool isThread = false;
        foreach (string line in lines.Skip(1).Where(line => line.Length > 0))
        {
            string[] fields = Fields(line);
            if (fields.Length <= pidColumn)
            {
                continue;
            }

            // With threads shown, the lines after a process have "-" for a number and belong to it.
            bool wanted = fields[pidColumn] == "-" ? isThread : pids.Contains(Pid(fields[pidColumn]));
            isThread = wanted;
            if (wanted)
            {
                processes.Add(Row(fields, titles.Length));
            }
        }

        return new TopResponse { Titles = titles, Processes = processes };
    }

    /// <summary>The last column takes what is left: a command line has blanks.</summary>
    private static IReadOnlyList<string> Row(string[] fields, int columnCount)
        => [.. fields.Take(columnCount - 1), string.Join(' ', fields.Skip(columnCount - 1))];

    private static int Pid(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? pid
            : throw new RefusedException(ErrorKind.Failed, $"Unexpected pid '{text}'");

    private static string[] Fields(string line) => line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);

    private static async Task<PsResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo("ps")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process ps = Start(start);
        ps.StandardInput.Close();
        try
        {
            Task<string> output = ps.StandardOutput.ReadToEndAsync(stop);
            Task<string> error = ps.StandardError.ReadToEndAsync(stop);
            await Task.WhenAll(output, error, ps.WaitForExitAsync(stop));
            return new PsResult(ps.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            ps.Kill();
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new RefusedException(
                ErrorKind.Failed, "ps: executable file not found in $PATH: install procps", missing);
        }
    }

    private static string FirstLine(PsResult result)
    {
        string line = result.Error.Split('\n')[0];
        return line.Length > 0
            ? line
            : string.Create(CultureInfo.InvariantCulture, $"exit status {result.ExitCode}");
    }

    private sealed record PsResult(int ExitCode, string Output, string Error);
}
