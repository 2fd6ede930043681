using System.Numerics;

namespace Skep.Transport.Identity;

/// <summary>Big numbers in the digits 0-9a-z, padded with zeros on the left: the parts of a join token.</summary>
internal static class Base36
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static string Encode(ReadOnlySpan<byte> bigEndian, int characters)
    {
        var number = new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true);
        var text = new char[characters];
        for (int i = characters - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, 36, out BigInteger digit);
            text[i] = Digits[(int)digit];
        }

        Invariant.Holds(number.IsZero);
        return new string(text);
    }

    /// <summary>Null when a character is no digit, or the number needs more bytes.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text, int bytes)
    {
        BigInteger number = BigInteger.Zero;
        foreach (char character in text)
        {
            int digit = Digits.IndexOf(char.ToLowerInvariant(character), StringComparison.Ordinal);
            if (digit < 0)
            {
                return null;
            }

            number = (number * 36) + digit;
        }

        if (number.GetByteCount(isUnsigned: true) > bytes)
        {
            return null;
        }

        byte[] tail = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var result = new byte[bytes];
        tail.CopyTo(result, bytes - tail.Length);
        return result;
    }
}
