using System.Buffers;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Skep.Agent.Streams;

namespace Skep.Agent.Logs;

/// <summary>Writes a container's output as json-file does, with rotation, and wakes who follows it.</summary>
/// <remarks>
/// Two streams write, readers read the files by themselves. A disk that is full costs lines, not the container:
/// the loss is counted and said in the log once there is room.
/// </remarks>
public sealed class JsonFileLog : IDisposable
{
    private readonly string path;
    private readonly JsonFileOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> encoded = new(4096);
    private readonly LineCutter outLines = new();
    private readonly LineCutter errLines = new();
    private SafeFileHandle file;
    private long fileBytes;
    private long lostLines;
    private TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JsonFileLog(string path, JsonFileOptions options, TimeProvider time)
    {
        this.path = path;
        this.options = options;
        this.time = time;
        (file, fileBytes) = OpenToAppend();
    }

    /// <summary>Ends when something was written after the call, or the log was closed.</summary>
    public Task Grown
    {
        get
        {
            lock (gate)
            {
                return grown.Task;
            }
        }
    }

    public bool IsClosed { get; private set; }

    public ValueTask WriteAsync(StreamKind stream, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            LineCutter lines = stream == StreamKind.Stderr ? errLines : outLines;
            lines.Feed(bytes.Span, line => Append_NeedsLock(stream, now, line));
            Flush_NeedsLock();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what is left of unfinished lines and lets the file go.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (IsClosed)
            {
                return;
            }

            DateTimeOffset now = time.GetUtcNow();
            outLines.Finish(line => Append_NeedsLock(StreamKind.Stdout, now, line));
            errLines.Finish(line => Append_NeedsLock(StreamKind.Stderr, now, line));
            Flush_NeedsLock();
            IsClosed = true;
            file.Dispose();
            grown.TrySetResult();
        }
    }

    private void Append_NeedsLock(StreamKind stream, DateTimeOffset now, ReadOnlySpan<byte> line)
    {
        LogLine.Encode(encoded, stream, now, line, options.Attributes);
        if (encoded.WrittenCount > LogLimits.ReadBytes)
        {
            Flush_NeedsLock();
        }
    }

    private void Flush_NeedsLock()
    {
        if (encoded.WrittenCount == 0 || IsClosed)
        {
            return;
        }

        try
        {
            if (options.FileBytesMax is { } most && fileBytes > 0 && fileBytes + encoded.WrittenCount > most)
            {
                Rotate_NeedsLock();
            }

            RandomAccess.Write(file, encoded.WrittenSpan, fileBytes);
            fileBytes += encoded.WrittenCount;
        }
        catch (IOException)
        {
            // A line that did not fit is cut off again, so that the file stays readable line by line.
            RandomAccess.SetLength(file, fileBytes);
            lostLines++;
        }

        encoded.ResetWrittenCount();
        TaskCompletionSource woken = grown;
        grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }

    /// <summary>Pieces of output that a full disk has cost.</summary>
    public long LostWrites
    {
        get
        {
            lock (gate)
            {
                return lostLines;
            }
        }
    }

    // path is the newest, path.1 the one before, and so on; compressed ones end in .gz.
    private void Rotate_NeedsLock()
    {
        file.Dispose();
        for (int number = options.FileCount - 1; number >= 1; number--)
        {
            string suffix = options.IsCompressed ? ".gz" : "";
            string newer = number == 1 ? path : $"{path}.{number - 1}{suffix}";
            if (!File.Exists(newer))
            {
                continue;
            }

            if (number == 1 && options.IsCompressed)
            {
                Compress(path, $"{path}.1.gz");
            }
            else
            {
                File.Move(newer, $"{path}.{number}{suffix}", overwrite: true);
            }
        }

        File.Delete(path);
        (file, fileBytes) = OpenToAppend();
    }

    private static void Compress(string from, string to)
    {
        using FileStream source = File.OpenRead(from);
        using var target = new GZipStream(File.Create(to), CompressionLevel.Fastest);
        source.CopyTo(target);
    }

    private (SafeFileHandle File, long Bytes) OpenToAppend()
    {
        SafeFileHandle handle = File.OpenHandle(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        long bytes = RandomAccess.GetLength(handle);
        if (bytes > 0)
        {
            // A crash may have left half a line: the next one must not be glued to it.
            Span<byte> last = stackalloc byte[1];
            RandomAccess.Read(handle, last, bytes - 1);
            if (last[0] != '\n')
            {
                RandomAccess.Write(handle, "\n"u8, bytes);
                bytes++;
            }
        }

        return (handle, bytes);
    }
}
