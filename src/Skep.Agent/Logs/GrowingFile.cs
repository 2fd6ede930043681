namespace Skep.Agent.Logs;

/// <summary>Reads a log file that grows, and goes over to the new one when it was rotated.</summary>
internal sealed class GrowingFile(string path) : IDisposable
{
    private readonly byte[] buffer = new byte[LogLimits.ReadBytes];
    private LineSplitter lines = new();
    private FileStream? file = Open(path);

    /// <summary>What was added since the last call.</summary>
    public IEnumerable<LogLine> ReadLines()
    {
        file ??= Open(path);
        while (file is not null)
        {
            // Asked before reading: a file that was moved away gets no more lines after this.
            bool wasMoved = !IsStillAt(path, file);
            int count;
            while ((count = file.Read(buffer, 0, buffer.Length)) > 0)
            {
                foreach (LogLine line in lines.Split(buffer, count))
                {
                    yield return line;
                }
            }

            if (!wasMoved)
            {
                yield break;
            }

            file.Dispose();
            file = Open(path);
            lines = new LineSplitter();
        }
    }

    public void Dispose() => file?.Dispose();

    // A new file starts shorter than what was read of the old one, or has another time of birth.
    private static bool IsStillAt(string path, FileStream file)
    {
        try
        {
            using FileStream now = File.Open(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Skep.Linux.Files.FileIdentity.AreSame(now.SafeFileHandle, file.SafeFileHandle);
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>
/// Puts pieces of a file together to lines. What follows the last line feed is kept for the next piece.
/// </summary>
internal sealed class LineSplitter
{
    private readonly MemoryStream rest = new();
    private bool isSkipping;

    public IEnumerable<LogLine> Split(byte[] piece, int count)
    {
        int start = 0;
        while (start < count)
        {
            int end = Array.IndexOf(piece, (byte)'\n', start, count - start);
            int stop = end < 0 ? count : end;
            if (rest.Length + stop - start > LogLimits.EncodedLineBytesMax)
            {
                isSkipping = true;
                rest.SetLength(0);
            }

            if (!isSkipping)
            {
                rest.Write(piece, start, stop - start);
            }

            if (end >= 0)
            {
                LogLine? line = isSkipping ? null : LogLine.TryDecode(rest.GetBuffer().AsSpan(0, (int)rest.Length));
                rest.SetLength(0);
                isSkipping = false;
                if (line is not null)
                {
                    yield return line;
                }
            }

            start = stop + 1;
        }
    }
}
