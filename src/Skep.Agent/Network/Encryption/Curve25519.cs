using System.Buffers.Binary;

namespace Skep.Agent.Network.Encryption;

/// <summary>The public half of an X25519 key (RFC 7748), which .NET cannot compute.</summary>
/// <remarks>
/// Numbers modulo 2^255 - 19 in five parts of 51 bits. No branch and no index depends on the secret. WireGuard itself
/// does all other cryptography.
/// </remarks>
internal static class Curve25519
{
    public const int KeyBytes = 32;

    private const int Bits = 51;
    private const ulong Mask = (1UL << Bits) - 1;

    /// <summary>A secret of 32 random bytes, as the curve wants it.</summary>
    public static byte[] Clamp(ReadOnlySpan<byte> random)
    {
        byte[] secret = random.ToArray();
        secret[0] &= 248;
        secret[31] = (byte)((secret[31] & 127) | 64);
        return secret;
    }

    public static byte[] PublicOf(ReadOnlySpan<byte> secret)
    {
        ReadOnlySpan<byte> nine = [9, .. new byte[KeyBytes - 1]];
        return Multiply(secret, nine);
    }

    /// <summary>The function X25519 of RFC 7748, section 5.</summary>
    public static byte[] Multiply(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> point)
    {
        const ulong a24 = 121665;
        byte[] scalar = Clamp(secret);
        ulong[] x1 = Decode(point);
        ulong[] x2 = [1, 0, 0, 0, 0], z2 = new ulong[5], x3 = x1, z3 = [1, 0, 0, 0, 0];
        ulong swapped = 0;
        for (int bit = 254; bit >= 0; bit--)
        {
            ulong now = (ulong)(scalar[bit / 8] >> (bit % 8)) & 1;
            (x2, x3) = Swap(swapped ^ now, x2, x3);
            (z2, z3) = Swap(swapped ^ now, z2, z3);
            swapped = now;
            ulong[] a = Add(x2, z2), b = Subtract(x2, z2), aa = Times(a, a), bb = Times(b, b), e = Subtract(aa, bb);
            ulong[] da = Times(Subtract(x3, z3), a), cb = Times(Add(x3, z3), b);
            ulong[] sum = Add(da, cb), difference = Subtract(da, cb);
            x3 = Times(sum, sum);
            z3 = Times(x1, Times(difference, difference));
            x2 = Times(aa, bb);
            z2 = Times(e, Add(aa, Times(e, [a24, 0, 0, 0, 0])));
        }

        (x2, _) = Swap(swapped, x2, x3);
        (z2, _) = Swap(swapped, z2, z3);
        return Encode(Times(x2, Invert(z2)));
    }

    private static (ulong[] Left, ulong[] Right) Swap(ulong isSwapped, ulong[] left, ulong[] right)
    {
        ulong mask = 0 - isSwapped;
        var (first, second) = (new ulong[5], new ulong[5]);
        for (int i = 0; i < 5; i++)
        {
            ulong change = mask & (left[i] ^ right[i]);
            first[i] = left[i] ^ change;
            second[i] = right[i] ^ change;
        }

        return (first, second);
    }

    private static ulong[] Add(ulong[] a, ulong[] b) =>
        [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]];

    /// <summary>Twice the modulus is added first, so that no part becomes negative.</summary>
    private static ulong[] Subtract(ulong[] a, ulong[] b)
    {
        const ulong lowest = 2 * (Mask - 18), other = 2 * Mask;
        return
        [
            a[0] + lowest - b[0], a[1] + other - b[1], a[2] + other - b[2], a[3] + other - b[3], a[4] + other - b[4],
        ];
    }

    private static ulong[] Times(ulong[] a, ulong[] b)
    {
        Span<UInt128> sums = stackalloc UInt128[5];
        sums.Clear();
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                // What is 2^255 and more counts 19 times at the bottom.
                UInt128 product = (UInt128)a[i] * b[j];
                sums[(i + j) % 5] += i + j < 5 ? product : product * 19;
            }
        }

        var result = new ulong[5];
        UInt128 carry = 0;
        for (int i = 0; i < 5; i++)
        {
            sums[i] += carry;
            result[i] = (ulong)sums[i] & Mask;
            carry = sums[i] >> Bits;
        }

        UInt128 bottom = result[0] + (carry * 19);
        result[0] = (ulong)bottom & Mask;
        result[1] += (ulong)(bottom >> Bits);
        return result;
    }

    /// <summary>To the power of the modulus less two: its bits are all ones but the second and the fourth.</summary>
    private static ulong[] Invert(ulong[] value)
    {
        ulong[] result = value;
        for (int bit = 253; bit >= 0; bit--)
        {
            result = Times(result, result);
            if (bit is not (2 or 4))
            {
                result = Times(result, value);
            }
        }

        return result;
    }

    private static ulong[] Decode(ReadOnlySpan<byte> bytes)
    {
        UInt128 low = BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        UInt128 high = BinaryPrimitives.ReadUInt128LittleEndian(bytes[16..]);
        return
        [
            (ulong)low & Mask,
            (ulong)(low >> 51) & Mask,
            (ulong)((low >> 102) | (high << 26)) & Mask,
            (ulong)(high >> 25) & Mask,
            (ulong)(high >> 76) & Mask,
        ];
    }

    private static byte[] Encode(ulong[] value)
    {
        ulong[] parts = Times(value, [1, 0, 0, 0, 0]);
        for (int round = 0; round < 2; round++)
        {
            Carry(parts);
        }

        // Now it is below twice the modulus; adding 19 tells whether it is the modulus or more.
        ulong[] more = [parts[0] + 19, parts[1], parts[2], parts[3], parts[4]];
        for (int i = 0; i < 4; i++)
        {
            more[i + 1] += more[i] >> Bits;
        }

        parts[0] += 19 * (more[4] >> Bits);
        for (int i = 0; i < 4; i++)
        {
            parts[i + 1] += parts[i] >> Bits;
            parts[i] &= Mask;
        }

        parts[4] &= Mask;
        var bytes = new byte[KeyBytes];
        UInt128 low = parts[0] | ((UInt128)parts[1] << 51) | ((UInt128)parts[2] << 102);
        UInt128 high = (parts[2] >> 26) | ((UInt128)parts[3] << 25) | ((UInt128)parts[4] << 76);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, low);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(16), high);
        return bytes;
    }

    private static void Carry(ulong[] parts)
    {
        for (int i = 0; i < 4; i++)
        {
            parts[i + 1] += parts[i] >> Bits;
            parts[i] &= Mask;
        }

        parts[0] += 19 * (parts[4] >> Bits);
        parts[4] &= Mask;
    }
}
