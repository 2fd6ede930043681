using System.ComponentModel;
using System.Diagnostics;

namespace Skep.Engine.Machine;

/// <summary>A program's own words about its version.</summary>
/// <param name="Commit">"" when it does not say.</param>
internal sealed record ToolVersion(string Number, string Commit);

/// <summary>Asks the programs that containers stand on which version they are. Each is asked once.</summary>
internal sealed class ToolVersions(string runcPath, string? initPath, TimeProvider time)
{
    private readonly SemaphoreSlim turn = new(1);
    private (ToolVersion? Runc, ToolVersion? Init)? known;

    /// <returns>Null for a program that is not there or does not answer.</returns>
    public async Task<(ToolVersion? Runc, ToolVersion? Init)> GetAsync(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            known ??= (await AskAsync(runcPath, stop), initPath is null ? null : await AskAsync(initPath, stop));
            return known.Value;
        }
        finally
        {
            turn.Release();
        }
    }

    // runc: "runc version 1.1.5+ds1", "commit: 1.1.5+ds1-1"; tini: "tini version 0.19.0 - git.de40ad0".
    internal static ToolVersion? Parse(string text)
    {
        string[] lines = text.Split('\n');
        string[] words = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int version = Array.IndexOf(words, "version");
        if (version < 0 || version + 1 >= words.Length)
        {
            return null;
        }

        string commit = lines.FirstOrDefault(line => line.StartsWith("commit: ", StringComparison.Ordinal))?[8..]
            ?? words.FirstOrDefault(word => word.StartsWith("git.", StringComparison.Ordinal))?[4..]
            ?? "";
        return new ToolVersion(words[version + 1], commit.Trim());
    }

    private async Task<ToolVersion?> AskAsync(string program, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(HttpLimits.ProgramAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            using Process? process = Process.Start(
                new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true });
            if (process is null)
            {
                return null;
            }

            string text = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return Parse(text);
        }
        catch (Exception e) when (e is Win32Exception or IOException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null; // The version is then shown as unknown; starting a container will say what is wrong.
        }
    }
}
