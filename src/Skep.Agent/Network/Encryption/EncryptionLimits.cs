namespace Skep.Agent.Network.Encryption;

internal static class EncryptionLimits
{
    /// <summary>What WireGuard adds to a packet at most: 40 of IPv6, 8 of UDP, 32 of its own.</summary>
    public const int OverheadBytes = 80;

    /// <summary>How often the program is asked whether it serves already, with a pause in between: 5 seconds.</summary>
    public const int StartAttempts = 100;

    public static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);

    /// <summary>What later versions of wireguard-go ask for by themselves.</summary>
    public const int ReceiveBufferBytes = 7 * 1024 * 1024;

    /// <summary>It answers in microseconds.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>About 300 bytes for each of at most a few thousand peers.</summary>
    public const int AnswerBytes = 4 * 1024 * 1024;

    /// <summary>The file of a key is 32 bytes in base64 and 16 digits, each with a line's end.</summary>
    public const int KeyFileBytes = 64;

    /// <summary>After so long another key takes a key's place; Docker's managers change theirs as often.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromHours(12);
}
