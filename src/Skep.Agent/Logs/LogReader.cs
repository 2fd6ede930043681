using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Skep.Agent.Streams;

namespace Skep.Agent.Logs;

/// <summary>What part of a log is wanted.</summary>
/// <param name="Tail">The last lines only; null: all.</param>
public sealed record LogQuery(
    bool Stdout, bool Stderr, bool Follow, DateTimeOffset? Since, DateTimeOffset? Until, int? Tail)
{
    /// <summary>With each line its time, and with details its attributes.</summary>
    public bool Timestamps { get; init; }

    public bool Details { get; init; }

    public bool Wants(LogLine line) =>
        (line.Stream == StreamKind.Stderr ? Stderr : Stdout) && (Since is null || line.Time >= Since);
}

/// <summary>Reads a json-file log, rotated files and all, and follows it.</summary>
public static class LogReader
{
    /// <param name="log">The log while it is written; null: nobody writes it, so following ends at once.</param>
    public static async IAsyncEnumerable<LogLine> ReadAsync(
        string path, JsonFileLog? log, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        // The position of what is followed is taken first: what is written meanwhile comes twice or not at all else.
        using var current = new GrowingFile(path);
        foreach (LogLine line in Past(path, current, query))
        {
            if (query.Until is { } until && line.Time > until)
            {
                yield break;
            }

            yield return line;
        }

        while (query.Follow && log is not null)
        {
            Task grown = log.Grown;
            bool isLast = log.IsClosed;
            foreach (LogLine line in current.ReadLines())
            {
                if (query.Until is { } until && line.Time > until)
                {
                    yield break;
                }

                if (query.Wants(line))
                {
                    yield return line;
                }
            }

            if (isLast)
            {
                yield break;
            }

            await grown.WaitAsync(stop);
        }
    }

    // Oldest first. With a tail only the wanted lines are held, never the whole log.
    private static IEnumerable<LogLine> Past(string path, GrowingFile current, LogQuery query)
    {
        IEnumerable<LogLine> all = Rotated(path).SelectMany(ReadRotated).Concat(current.ReadLines()).Where(query.Wants);
        if (query.Tail is not { } count)
        {
            return all;
        }

        if (query.Until is { } until)
        {
            all = all.TakeWhile(line => line.Time <= until);
        }

        var last = new Queue<LogLine>();
        foreach (LogLine line in all)
        {
            if (last.Count == count && count > 0)
            {
                last.Dequeue();
            }

            if (count > 0)
            {
                last.Enqueue(line);
            }
        }

        return last;
    }

    private static IEnumerable<string> Rotated(string path)
    {
        var files = new List<string>();
        for (int number = 1; ; number++)
        {
            string plain = $"{path}.{number}";
            string? found = File.Exists(plain) ? plain : File.Exists(plain + ".gz") ? plain + ".gz" : null;
            if (found is null)
            {
                break;
            }

            files.Insert(0, found);
        }

        return files;
    }

    private static IEnumerable<LogLine> ReadRotated(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        var lines = new LineSplitter();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LogLimits.ReadBytes);
        try
        {
            int count;
            while ((count = text.Read(buffer, 0, buffer.Length)) > 0)
            {
                foreach (LogLine line in lines.Split(buffer, count))
                {
                    yield return line;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
