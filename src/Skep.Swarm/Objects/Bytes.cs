namespace Skep.Swarm.Objects;

/// <summary>Bytes that never change, equal by content; they never print themselves, for many are secret.</summary>
public readonly struct Bytes : IEquatable<Bytes>
{
    private readonly byte[]? content;

    private Bytes(byte[] content) => this.content = content.Length == 0 ? null : content;

    public static Bytes Empty => default;

    public int Length => content?.Length ?? 0;

    public bool IsEmpty => content is null;

    public ReadOnlySpan<byte> Span => content;

    public ReadOnlyMemory<byte> Memory => content;

    /// <summary>Copies; the caller may go on using its own array.</summary>
    public static Bytes CopyOf(ReadOnlySpan<byte> content) => new(content.ToArray());

    /// <summary>Takes the array over without a copy; the caller must never change it again.</summary>
    public static Bytes Owning(byte[] content) => new(content);

    public static Bytes Utf8(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    public byte[] ToArray() => Span.ToArray();

    public string ToUtf8() => System.Text.Encoding.UTF8.GetString(Span);

    /// <summary>As equality, but the time it takes does not tell where the two differ.</summary>
    public bool IsSameSecret(Bytes other) =>
        System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Span, other.Span);

    public static bool operator ==(Bytes left, Bytes right) => left.Equals(right);

    public static bool operator !=(Bytes left, Bytes right) => !left.Equals(right);

    public bool Equals(Bytes other) => ReferenceEquals(content, other.content) || Span.SequenceEqual(other.Span);

    public override bool Equals(object? other) => other is Bytes bytes && Equals(bytes);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => $"({Length} bytes)";
}
