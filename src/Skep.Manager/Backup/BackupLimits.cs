namespace Skep.Manager.Backup;

/// <summary>Bounds of a backup.</summary>
internal static class BackupLimits
{
    /// <summary>Rounds of PBKDF2-SHA512: OWASP's advice of 2023 is 210,000; this takes about half a second.</summary>
    public const uint KeyRounds = 400_000;

    /// <summary>Rounds that a file may ask for, so that a forged one cannot keep us busy.</summary>
    public const uint KeyRoundsMax = 2_000_000;

    /// <summary>Bytes of content in one sealed piece.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Bytes of content of a whole backup; a store holds far less (etcd's largest is 8 GiB).</summary>
    public const long ContentBytesMax = 1L << 30;
}
