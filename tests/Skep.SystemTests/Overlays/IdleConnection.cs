using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Overlays;

/// <summary>A connection to a server that says again what it hears; nothing is said on it but at both ends of its time.
/// </summary>
/// <param name="shell">Runs a line of bash where the connection begins.</param>
/// <param name="notes">What the names of two files begin with, by which the two sides of a test speak.</param>
internal sealed class IdleConnection(Func<string, Command> shell, string notes, string address, int port)
{
    private static readonly TimeSpan longest = TimeSpan.FromHours(1);
    private Task<Finished>? running;

    /// <summary>Says something and hears it.</summary>
    public async Task OpenAsync()
    {
        // It ends with the scene, whose folder is emptied, also when nobody closes it.
        string line = $"exec 3<>/dev/tcp/{address}/{port} && echo first >&3 && read -r -t 60 a <&3 && "
            + $"echo $a >{notes}.open && while [ -e {notes}.open ] && [ ! -e {notes}.go ]; do sleep 0.2; done; "
            + "echo last >&3 && read -r -t 60 b <&3 && echo $a $b";
        running = (shell(line) with { Timeout = longest }).RunAsync();
        await Eventually.TrueAsync(
            $"a connection to {address}:{port} is open", TimeSpan.FromSeconds(60),
            () => File.Exists($"{notes}.open") || running.IsCompleted);
        Assert.True(File.Exists($"{notes}.open"), running.IsCompleted ? $"{await running}" : "");
    }

    /// <summary>Says something again; what was heard both times.</summary>
    public async Task<string> CloseAsync()
    {
        await File.WriteAllTextAsync($"{notes}.go", "");
        return running is null ? "" : (await running).ToString();
    }
}
