using System.Buffers;
using Skep.Linux.Pipes;

namespace Skep.Agent.Streams;

/// <summary>The pipes between a process's shim and this daemon, and the loops that empty them.</summary>
/// <remarks>
/// The shim keeps the pipes open when this daemon dies: output waits in them (64 KiB each) until the next daemon reads
/// on. Owns its files: <see cref="Delete"/> removes them. A process's loops end with its output or with
/// <see cref="DisposeAsync"/>.
/// </remarks>
public sealed class ProcessStreams : IAsyncDisposable
{
    private readonly PipePaths paths;
    private readonly NamedPipe? stdin;
    private readonly NamedPipe stdout;
    private readonly NamedPipe? stderr;
    private readonly SemaphoreSlim typing = new(1);
    private readonly CancellationTokenSource ended = new();
    private Task pumping = Task.CompletedTask;
    private int stdinIsClosed;

    private ProcessStreams(PipePaths paths, OutputHub output, Poller poller)
    {
        this.paths = paths;
        Output = output;
        stdin = paths.Stdin is null ? null : NamedPipe.OpenToWrite(poller, paths.Stdin);
        stdout = NamedPipe.OpenToRead(poller, paths.Stdout);
        stderr = paths.Stderr is null ? null : NamedPipe.OpenToRead(poller, paths.Stderr);
    }

    /// <summary>
    /// Where output goes while it is read. Ends when this is disposed of: after the end of the process.
    /// </summary>
    public OutputHub Output { get; }

    public PipePaths Paths => paths;

    public bool HasStdin => stdin is not null && stdinIsClosed == 0;

    /// <summary>Makes the pipes, or opens those of a process that is still there.</summary>
    public static ProcessStreams Open(PipePaths paths, OutputHub output, Poller poller)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(paths.Stdout)!);
        foreach (string? path in new[] { paths.Stdin, paths.Stdout, paths.Stderr })
        {
            if (path is not null)
            {
                NamedPipe.Create(path);
            }
        }

        return new ProcessStreams(paths, output, poller);
    }

    /// <summary>Starts reading.</summary>
    /// <param name="keep">Sees every piece first: the log.</param>
    public void StartPumping(TakeOutput keep)
    {
        Task outTask = PumpAsync(stdout, StreamKind.Stdout, keep);
        Task errTask = stderr is null ? Task.CompletedTask : PumpAsync(stderr, StreamKind.Stderr, keep);
        pumping = Task.WhenAll(outTask, errTask);
    }

    /// <summary>Waits until all output was read, or for the bound: a child may hold the pipe open for ever.</summary>
    public async Task DrainAsync(TimeSpan bound, TimeProvider time)
    {
        try
        {
            await pumping.WaitAsync(bound, time);
        }
        catch (TimeoutException)
        {
            // Whoever holds the pipe is not the process; what it writes later is nobody's output.
            await ended.CancelAsync();
        }
    }

    /// <summary>Types for the process. Callers take turns.</summary>
    public async ValueTask WriteStdinAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        if (stdin is null)
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        await typing.WaitAsync(either.Token);
        try
        {
            await stdin.WriteAsync(bytes, either.Token);
        }
        finally
        {
            typing.Release();
        }
    }

    /// <summary>The process sees the end of its input.</summary>
    public void CloseStdin()
    {
        if (Interlocked.Exchange(ref stdinIsClosed, 1) == 0)
        {
            stdin?.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        CloseStdin();
        stdout.Dispose();
        stderr?.Dispose();
        await pumping;
        Output.End();
    }

    /// <summary>Removes the pipes' files; the process must be gone.</summary>
    public void Delete() => paths.Delete();

    private async Task PumpAsync(NamedPipe pipe, StreamKind kind, TakeOutput keep)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(StreamLimits.PumpBytes);
        try
        {
            while (true)
            {
                int count = await pipe.ReadAsync(buffer, ended.Token);
                if (count == 0)
                {
                    return;
                }

                await keep(kind, buffer.AsMemory(0, count), ended.Token);
                await Output.PublishAsync(kind, buffer.AsMemory(0, count), ended.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The daemon lets go of a process that goes on, or the bound for draining is over.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>The files of a process's pipes; null: the process has no such stream.</summary>
public sealed record PipePaths(string? Stdin, string Stdout, string? Stderr)
{
    /// <summary>Pipes in a directory; with a terminal stderr and stdout are one.</summary>
    public static PipePaths In(string directory, string prefix, bool hasStdin, bool isTerminal) => new(
        hasStdin ? Path.Combine(directory, prefix + "stdin") : null,
        Path.Combine(directory, prefix + "stdout"),
        isTerminal ? null : Path.Combine(directory, prefix + "stderr"));

    public void Delete()
    {
        foreach (string? path in new[] { Stdin, Stdout, Stderr })
        {
            if (path is not null)
            {
                File.Delete(path);
            }
        }
    }
}
