using Skep.Swarm;

namespace Skep.Agent.Streams;

/// <summary>Finds the key sequence that leaves a terminal, in what a client types.</summary>
/// <remarks>A pure state machine: keys of a begun sequence are held back until it is complete or broken.</remarks>
public sealed class DetachKeys
{
    private readonly byte[] sequence;
    private int matched;

    private DetachKeys(byte[] sequence) => this.sequence = sequence;

    /// <param name="text">"ctrl-p,ctrl-q" and the like; null or empty: that default.</param>
    public static DetachKeys Parse(string? text)
    {
        string[] keys = (string.IsNullOrEmpty(text) ? "ctrl-p,ctrl-q" : text).Split(',');
        return new DetachKeys([.. keys.Select(key => KeyCode(key, text!))]);
    }

    /// <summary>Feeds what was typed.</summary>
    /// <returns>What goes on to the process, and whether the client wants to leave.</returns>
    public (byte[] Pass, bool IsDetached) Feed(ReadOnlySpan<byte> typed)
    {
        var pass = new List<byte>(typed.Length + matched);
        foreach (byte key in typed)
        {
            if (key == sequence[matched])
            {
                if (++matched == sequence.Length)
                {
                    return ([.. pass], true);
                }

                continue;
            }

            pass.AddRange(sequence.AsSpan(0, matched));
            matched = 0;
            if (key == sequence[0])
            {
                matched = 1;
            }
            else
            {
                pass.Add(key);
            }
        }

        return ([.. pass], false);
    }

    private static byte KeyCode(string key, string text)
    {
        if (key.Length == 1)
        {
            return (byte)key[0];
        }

        string control = key.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase) ? key[5..].ToLowerInvariant() : "";
        return control switch
        {
            [>= 'a' and <= 'z' and var letter] => (byte)(letter - 'a' + 1),
            "@" => 0,
            "[" => 27,
            "\\" => 28,
            "]" => 29,
            "^" => 30,
            "_" => 31,
            _ => throw new RefusedException(ErrorKind.Invalid, $"Invalid detach keys ({text}) provided"),
        };
    }
}
