using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Skep.Cli.Client;

/// <summary>A connection that a program carries over its standard input and output, as ssh does.</summary>
/// <remarks>
/// Disposing it closes the program's input and ends it if it does not end by itself. What it says on standard error
/// becomes the reason of the failure when it ends in the midst of an answer. It has no terminal to ask its user.
/// </remarks>
internal sealed class CarriedStream : Stream
{
    private static readonly TimeSpan endTimeout = TimeSpan.FromSeconds(3);

    private readonly Process program;
    private readonly string line;
    private readonly StringBuilder errors = new();
    private bool isDisposed;

    private CarriedStream(Process program, string line)
    {
        this.program = program;
        this.line = line;
        program.ErrorDataReceived += (_, said) => Keep(said.Data);
        program.BeginErrorReadLine();
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private Stream FromProgram => program.StandardOutput.BaseStream;

    private Stream ToProgram => program.StandardInput.BaseStream;

    /// <exception cref="IOException">The program cannot be started.</exception>
    public static CarriedStream Start(string file, IReadOnlyList<string> arguments)
    {
        // In a session of its own where that can be had: the terminal's Ctrl-C would end it before what we do about it
        // has been carried.
        string? own = SearchPath.Find("setsid");
        bool isAlone = own is not null && SearchPath.Find(file) is not null;
        var start = new ProcessStartInfo(isAlone ? own! : file, isAlone ? arguments.Prepend(file) : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new CarriedStream(Process.Start(start)!, string.Join(' ', arguments.Prepend(file)));
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"exec: \"{file}\": {failure.Message}", failure);
        }
    }

    /// <summary>The far side sees the end of what is sent; what it still sends can be read.</summary>
    public void CloseWrite() => ToProgram.Dispose();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await FromProgram.ReadAsync(buffer, cancellationToken);
        return count > 0 || buffer.Length == 0 ? count : await EndAsync(cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = FromProgram.Read(buffer, offset, count);
        if (read == 0 && count > 0)
        {
            program.WaitForExit();
            CheckEnd();
        }

        return read;
    }

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ToProgram.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => ToProgram.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => ToProgram.FlushAsync(cancellationToken);

    public override void Flush() => ToProgram.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isDisposed)
        {
            isDisposed = true;
            ToProgram.Dispose();
            FromProgram.Dispose();
            if (!program.WaitForExit(endTimeout))
            {
                program.Kill();
            }

            program.Dispose();
        }

        base.Dispose(disposing);
    }

    // The program's end is the connection's: a good one is its last byte, a bad one says why.
    private async Task<int> EndAsync(CancellationToken stop)
    {
        await program.WaitForExitAsync(stop);
        CheckEnd();
        return 0;
    }

    private void CheckEnd()
    {
        if (program.ExitCode == 0)
        {
            return;
        }

        string said;
        lock (errors)
        {
            said = errors.ToString().Trim();
        }

        throw new IOException($"command [{line}] has exited with exit status {program.ExitCode}, make sure the URL is "
            + $"valid, and skep or Docker 18.09 or later is installed on the remote host: stderr={said}");
    }

    private void Keep(string? text)
    {
        lock (errors)
        {
            if (text is not null && errors.Length + text.Length < Limits.CarrierErrorBytes)
            {
                errors.Append(text).Append('\n');
            }
        }
    }
}
