using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Skep.Agent.Names;

public enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Aaaa = 28,
    Opt = 41,
}

public enum DnsCode : byte
{
    Ok = 0,
    FormatError = 1,
    ServerFailure = 2,
    NotImplemented = 4,
}

/// <summary>A question as it came in. Pure.</summary>
/// <remarks>
/// RFC 1035 section 4.1. Header: id, flags, and the counts of questions, answers, authorities, additionals, 16 bits
/// each, big-endian. Question: labels { length u8, bytes } up to a label of length 0, type u16, class u16.
/// </remarks>
public sealed record DnsQuery
{
    public const int HeaderBytes = 12;
    private const int NameBytes = 255, LabelBytes = 63;
    private const ushort InternetClass = 1;

    public ushort Id { get; private init; }

    public bool WantsRecursion { get; private init; }

    /// <summary>
    /// Without the final dot, as it was written. A dot or odd byte inside a label becomes a character that no name has.
    /// </summary>
    public string Name { get; private init; } = "";

    public DnsType Type { get; private init; }

    public bool IsInternetClass { get; private init; }

    /// <summary>Where the question ends in the message: header and question go back with the answer.</summary>
    public int QuestionEnd { get; private init; }

    /// <summary>How long an answer over UDP may be (RFC 6891 section 6.2.3).</summary>
    public int UdpBytes { get; private init; } = DnsLimits.PlainUdpBytes;

    public bool HasOptions { get; private init; }

    /// <summary>Reads a message of one question.</summary>
    /// <param name="query">Null: not even an error can be answered.</param>
    /// <returns>Ok, or what is wrong with it.</returns>
    public static DnsCode Read(ReadOnlySpan<byte> message, out DnsQuery? query)
    {
        query = null;
        if (message.Length < HeaderBytes)
        {
            return DnsCode.FormatError;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool isAnswer = (flags & 0x8000) != 0;
        if (isAnswer)
        {
            return DnsCode.FormatError;
        }

        query = new DnsQuery
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(message),
            WantsRecursion = (flags & 0x0100) != 0,
            QuestionEnd = HeaderBytes,
        };
        int operation = (flags >> 11) & 15;
        if (operation != 0)
        {
            return DnsCode.NotImplemented;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1
            || !TryReadName(message, HeaderBytes, out string name, out int at)
            || at + 4 > message.Length)
        {
            return DnsCode.FormatError;
        }

        query = query with
        {
            Name = name,
            Type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            IsInternetClass = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == InternetClass,
            QuestionEnd = at + 4,
        };
        query = query.WithOptions(message);
        return DnsCode.Ok;
    }

    /// <summary>The address that a name below in-addr.arpa or ip6.arpa means; null: none.</summary>
    public IPAddress? ReverseAddress()
    {
        const string four = ".in-addr.arpa", six = ".ip6.arpa";
        if (Name.EndsWith(four, StringComparison.OrdinalIgnoreCase))
        {
            string[] parts = Name[..^four.Length].Split('.');
            Array.Reverse(parts);
            return parts.Length == 4 && Array.TrueForAll(parts, p => byte.TryParse(
                p, System.Globalization.NumberStyles.None, null, out _))
                ? IPAddress.Parse(string.Join('.', parts))
                : null;
        }

        if (!Name.EndsWith(six, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string[] digits = Name[..^six.Length].Split('.');
        Array.Reverse(digits);
        return digits.Length == 32 && Array.TrueForAll(digits, d => d.Length == 1 && char.IsAsciiHexDigit(d[0]))
            ? new IPAddress(Convert.FromHexString(string.Concat(digits)))
            : null;
    }

    /// <summary>
    /// An options record is the first additional one if there are no records before it; others are passed over.
    /// </summary>
    private DnsQuery WithOptions(ReadOnlySpan<byte> message)
    {
        bool hasOthers = BinaryPrimitives.ReadUInt32BigEndian(message[6..]) != 0;
        bool hasAdditional = BinaryPrimitives.ReadUInt16BigEndian(message[10..]) != 0;

        // Root name u8 = 0, type u16, then the class field tells the size.
        if (hasOthers || !hasAdditional || QuestionEnd + 5 > message.Length || message[QuestionEnd] != 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[(QuestionEnd + 1)..]) != (ushort)DnsType.Opt)
        {
            return this;
        }

        int size = BinaryPrimitives.ReadUInt16BigEndian(message[(QuestionEnd + 3)..]);
        return this with { HasOptions = true, UdpBytes = Math.Max(size, DnsLimits.PlainUdpBytes) };
    }

    private static bool TryReadName(ReadOnlySpan<byte> message, int at, out string name, out int end)
    {
        var text = new StringBuilder();
        int start = at;
        name = "";
        end = 0;
        while (at < message.Length && at - start < NameBytes)
        {
            int length = message[at++];
            if (length == 0)
            {
                name = text.ToString();
                end = at;
                return true;
            }

            // Longer means a pointer to elsewhere, which a question has no use for.
            if (length > LabelBytes || at + length > message.Length)
            {
                return false;
            }

            if (text.Length > 0)
            {
                text.Append('.');
            }

            foreach (byte character in message.Slice(at, length))
            {
                text.Append(character is > 0x20 and < 0x7f and not (byte)'.' ? (char)character : '\0');
            }

            at += length;
        }

        return false;
    }
}
