namespace Skep.Cli.Streams;

/// <summary>Finds the keys that leave a container running in what the user types ("ctrl-p,ctrl-q").</summary>
internal sealed class DetachKeys(byte[] keys)
{
    private static readonly byte[] Usual = [16, 17];

    private int matched;

    /// <param name="text">"": the usual keys, ctrl-p ctrl-q.</param>
    public static DetachKeys Parse(string text)
    {
        var keys = new List<byte>();
        foreach (string key in text.Length == 0 ? [] : text.Split(','))
        {
            byte? code = key.Length == 1 ? (byte)key[0] : Control(key);
            if (code is null)
            {
                return new DetachKeys(Usual);
            }

            keys.Add(code.Value);
        }

        return new DetachKeys(keys.Count > 0 ? [.. keys] : Usual);
    }

    /// <summary>What of the typed bytes goes to the container; bytes that may start the keys are held back.</summary>
    /// <param name="isComplete">The keys have been typed: the user wants to leave.</param>
    public byte[] Filter(ReadOnlySpan<byte> typed, out bool isComplete)
    {
        var passed = new List<byte>();
        foreach (byte key in typed)
        {
            if (key == keys[matched])
            {
                matched++;
                if (matched == keys.Length)
                {
                    isComplete = true;
                    return [.. passed];
                }

                continue;
            }

            passed.AddRange(keys.AsSpan(0, matched));
            matched = key == keys[0] ? 1 : 0;
            if (matched == 0)
            {
                passed.Add(key);
            }
        }

        isComplete = false;
        return [.. passed];
    }

    // "ctrl-a" to "ctrl-z", and the control codes around them.
    private static byte? Control(string key)
    {
        if (!key.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase) || key.Length != 6)
        {
            return null;
        }

        char c = char.ToLowerInvariant(key[5]);
        return c switch
        {
            >= 'a' and <= 'z' => (byte)(c - 'a' + 1),
            '@' => 0,
            '[' => 27,
            '\\' => 28,
            ']' => 29,
            '^' => 30,
            '_' => 31,
            _ => null,
        };
    }
}
