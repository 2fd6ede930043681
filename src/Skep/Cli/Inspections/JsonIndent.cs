namespace Skep.Cli.Inspections;

/// <summary>Lays out JSON anew without touching its texts and numbers (Go's json.Indent and json.Compact).</summary>
internal static class JsonIndent
{
    private static readonly byte[] Step = "    "u8.ToArray();

    public static byte[] Indent(ReadOnlySpan<byte> json)
    {
        var output = new MemoryStream();
        int depth = 0;
        bool isFresh = false; // Just after an opening bracket: an empty pair stays together.
        for (int i = 0; i < json.Length; i++)
        {
            byte c = json[i];
            if (c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                continue;
            }

            bool closes = c is (byte)'}' or (byte)']';
            depth -= closes ? 1 : 0;
            if (isFresh != closes)
            {
                // Opens the first line of a filled pair, or the line of its end.
                NewLine(output, depth);
            }

            isFresh = c is (byte)'{' or (byte)'[';
            depth += isFresh ? 1 : 0;
            if (c == '"')
            {
                int end = EndOfText(json, i);
                output.Write(json[i..end]);
                i = end - 1;
                continue;
            }

            output.WriteByte(c);
            if (c == ',')
            {
                NewLine(output, depth);
            }
            else if (c == ':')
            {
                output.WriteByte((byte)' ');
            }
        }

        return output.ToArray();
    }

    public static byte[] Compact(ReadOnlySpan<byte> json)
    {
        var output = new MemoryStream();
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                int end = EndOfText(json, i);
                output.Write(json[i..end]);
                i = end - 1;
            }
            else if (json[i] is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                output.WriteByte(json[i]);
            }
        }

        return output.ToArray();
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        int end = start + 1;
        while (end < json.Length && json[end] != '"')
        {
            end += json[end] == '\\' ? 2 : 1;
        }

        return Math.Min(end + 1, json.Length);
    }

    private static void NewLine(MemoryStream output, int depth)
    {
        output.WriteByte((byte)'\n');
        for (int i = 0; i < depth; i++)
        {
            output.Write(Step);
        }
    }
}
