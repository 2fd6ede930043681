using Skep.Cli.Client;
using Skep.Linux;
using Skep.Linux.Terminals;

namespace Skep.Cli.Streams;

internal enum StreamEnd
{
    /// <summary>The container closed its side.</summary>
    Finished,

    /// <summary>The user typed the detach keys.</summary>
    Detached,
}

/// <summary>Joins the program's streams with a container's until one side ends.</summary>
/// <remarks>
/// The end of our input closes only our half of the connection: output still comes. A read of our input
/// cannot be interrupted; its thread is left to the end of the process.
/// </remarks>
internal sealed class JoinedStreams(CliConsole console, HijackedConnection connection, StreamWishes wishes)
{
    private byte[]? savedTerminal;

    public async Task<StreamEnd> RunAsync(CancellationToken stop)
    {
        EnterRawMode();
        try
        {
            Task output = CopyOutputAsync(stop);
            Task<bool> input = CopyInputAsync(stop);
            Task first = await Task.WhenAny(output, input);
            if (first == input && await input)
            {
                return StreamEnd.Detached;
            }

            if (wishes.Output || wishes.Errors)
            {
                await output;
            }

            return StreamEnd.Finished;
        }
        finally
        {
            LeaveRawMode();
        }
    }

    private void EnterRawMode()
    {
        if (wishes is { Input: true, IsTerminal: true } && console.Input is DescriptorStream stream
            && Terminal.IsTerminal(stream.Descriptor))
        {
            savedTerminal = Terminal.MakeRaw(stream.Descriptor);
        }
    }

    private void LeaveRawMode()
    {
        if (Interlocked.Exchange(ref savedTerminal, null) is { } saved
            && console.Input is DescriptorStream stream)
        {
            Terminal.Restore(stream.Descriptor, saved);
        }
    }

    private async Task CopyOutputAsync(CancellationToken stop)
    {
        if (!wishes.Output && !wishes.Errors)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }

        try
        {
            if (wishes.IsTerminal)
            {
                await CopyRawAsync(stop);
            }
            else
            {
                await StreamFrames.CopyAsync(
                    connection.ReadAsync,
                    wishes.Output ? console.Output : null,
                    wishes.Errors ? console.Error : null,
                    stop);
            }
        }
        catch (IOException broken) when (broken is not ErrnoException)
        {
            // A daemon that dies ends the stream; the container's state tells the rest.
            return;
        }
    }

    private async Task CopyRawAsync(CancellationToken stop)
    {
        byte[] buffer = new byte[Limits.CopyBytes];
        int count;
        while ((count = await connection.ReadAsync(buffer, stop)) > 0)
        {
            console.Output.Write(buffer.AsSpan(0, count));
        }

        LeaveRawMode();
    }

    // True: the user typed the detach keys.
    private async Task<bool> CopyInputAsync(CancellationToken stop)
    {
        if (wishes.Input && await SendInputAsync(stop))
        {
            return true;
        }

        try
        {
            await connection.CloseWriteAsync(stop);
        }
        catch (Exception gone) when (gone is IOException or System.Net.Sockets.SocketException)
        {
            // The other side was faster; its end is seen by whoever reads.
            return false;
        }

        return false;
    }

    private async Task<bool> SendInputAsync(CancellationToken stop)
    {
        DetachKeys? keys = wishes.IsTerminal ? DetachKeys.Parse(wishes.DetachKeys) : null;
        byte[] buffer = new byte[Limits.CopyBytes];
        while (true)
        {
            int count = await console.Input.ReadAsync(buffer, stop);
            if (count == 0)
            {
                LeaveRawMode();
                return false;
            }

            bool isComplete = false;
            ReadOnlyMemory<byte> typed = keys is null
                ? buffer.AsMemory(0, count)
                : keys.Filter(buffer.AsSpan(0, count), out isComplete);
            if (isComplete)
            {
                LeaveRawMode();
                return true;
            }

            try
            {
                await connection.WriteAsync(typed, stop);
            }
            catch (IOException)
            {
                // The container closed its input: the rest of ours has no reader.
                return false;
            }
        }
    }
}
