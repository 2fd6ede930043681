using System.Net.Sockets;
using System.Text;
using Skep.Linux;
using Skep.Linux.Processes;
using Skep.Linux.Sockets;
using Skep.Swarm;

namespace Skep.Agent.Network.Encryption;

/// <summary>The program wireguard-go: one process with one link. It outlives the daemon, as containers do.</summary>
internal sealed class WireGuardProgram(Instance instance, string link, TimeProvider time)
{
    private const string Name = "wireguard-go";

    // After PATH: a service manager's may lack the place.
    private static readonly string[] UsualPlaces =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    // The program's own choice; the link's name is in it, so it must be unique on the machine.
    private readonly string socketPath = $"/var/run/wireguard/{link}.sock";

    // Of whoever answered last, which may be a program that an earlier daemon started.
    private volatile int pid;

    // Watched, so that it does not stay as a zombie.
    private ProcessWatch? process;

    /// <summary>Null: this machine does not have it.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(UsualPlaces)
        .Select(place => Path.Combine(place, Name)).FirstOrDefault(File.Exists);

    /// <summary>Whether one runs, of this daemon or an earlier one.</summary>
    public async Task<bool> AnswersAsync(CancellationToken stop)
    {
        try
        {
            await AskAsync("get=1\n\n", stop);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <exception cref="RefusedException">It is missing, or does not serve in time.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        string program = Find() ?? throw new RefusedException(ErrorKind.Unavailable, $"{Name} was not found in PATH");
        string log = Path.Combine(instance.ExecRoot, Name + ".log");
        process = ProcessWatch.Open(DetachedProcess.Start(
            program, ["-f", link], ["LOG_LEVEL=error", "PATH=" + string.Join(':', UsualPlaces)], log));
        if (process is null)
        {
            throw new RefusedException(ErrorKind.Unavailable, $"{Name} ended at once: see {log}");
        }

        for (int attempt = 0; attempt < EncryptionLimits.StartAttempts; attempt++)
        {
            if (await AnswersAsync(stop))
            {
                return;
            }

            await Task.Delay(EncryptionLimits.StartPause, time, stop);
        }

        throw new RefusedException(ErrorKind.Unavailable, $"{Name} does not answer: see {log}");
    }

    /// <summary>Gives its sockets room for what arrives while it decrypts.</summary>
    /// <remarks>
    /// It leaves them the system's size, which holds a hundred packets: one in ten was lost when a single connection
    /// sent as fast as it could.
    /// </remarks>
    /// <exception cref="RefusedException">It has no sockets in time, or is no more.</exception>
    /// <exception cref="ErrnoException">The kernel does not allow it.</exception>
    public async Task RaiseBuffersAsync(CancellationToken stop)
    {
        for (int attempt = 0; attempt < EncryptionLimits.StartAttempts; attempt++)
        {
            if (ForeignSockets.RaiseReceiveBuffers(pid, EncryptionLimits.ReceiveBufferBytes) > 0)
            {
                return;
            }

            await Task.Delay(EncryptionLimits.StartPause, time, stop);
        }

        throw new RefusedException(ErrorKind.Unavailable, $"{Name} opens no sockets");
    }

    /// <summary>Changes its configuration.</summary>
    /// <param name="lines">Lines of key=value.</param>
    public Task SetAsync(string lines, CancellationToken stop) => AskAsync($"set=1\n{lines}\n", stop);

    /// <summary>Its whole configuration; the secret key is in it.</summary>
    public Task<string> GetAsync(CancellationToken stop) => AskAsync("get=1\n\n", stop);

    /// <exception cref="RefusedException">Nobody answers, or he refuses. The question is not repeated: it may hold a
    /// secret.</exception>
    private async Task<string> AskAsync(string question, CancellationToken stop)
    {
        using var bound = new CancellationTokenSource(EncryptionLimits.Answer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, bound.Token);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var answer = new StringBuilder();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), either.Token);
            pid = PidOf(socket);
            await socket.SendAsync(Encoding.ASCII.GetBytes(question), either.Token);
            var buffer = new byte[EncryptionLimits.AnswerBytes];
            while (!answer.ToString().EndsWith("\n\n", StringComparison.Ordinal)
                && answer.Length < EncryptionLimits.AnswerBytes
                && await socket.ReceiveAsync(buffer, either.Token) is > 0 and var count)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is SocketException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new RefusedException(ErrorKind.Unavailable, $"{Name} does not answer at {socketPath}", e);
        }

        string text = answer.ToString();
        return text.Contains("errno=0\n", StringComparison.Ordinal)
            ? text
            : throw new RefusedException(ErrorKind.Failed, $"{Name} refuses its configuration");
    }

    // struct ucred: process, user, group.
    private static int PidOf(Socket connected)
    {
        const int SOL_SOCKET = 1, SO_PEERCRED = 17;
        Span<byte> owner = stackalloc byte[12];
        connected.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, owner);
        return BitConverter.ToInt32(owner);
    }
}
