namespace Skep.Cli.Secrets;

/// <summary>Reads what a secret or a config shall hold, from a file or from standard input.</summary>
internal static class SecretContent
{
    /// <param name="bytesMax">
    /// The swarm's limit. Twice as much is read: the daemon refuses what is too large in its own words, and a huge file
    /// is not read to the end for it.
    /// </param>
    public static byte[] Read(CliConsole console, string path, int bytesMax)
    {
        bool isInput = path == "-";
        string source = isInput ? "STDIN" : path;
        Stream file;
        try
        {
            file = isInput ? console.Input : LocalFiles.OpenRead(path);
        }
        catch (CommandFailedException missing)
        {
            throw new CommandFailedException($"error reading from {source}: {missing.Message}");
        }

        byte[] content = ReadUpTo(file, 2 * bytesMax);
        if (!isInput)
        {
            file.Dispose();
        }

        return content.Length > 0
            ? content
            : throw new CommandFailedException($"error reading from {source}: data is empty");
    }

    private static byte[] ReadUpTo(Stream file, int bytesMax)
    {
        var content = new MemoryStream();
        byte[] chunk = new byte[16 << 10];
        int count;
        while (content.Length < bytesMax
            && (count = file.Read(chunk, 0, (int)Math.Min(chunk.Length, bytesMax - content.Length))) > 0)
        {
            content.Write(chunk, 0, count);
        }

        return content.ToArray();
    }
}
