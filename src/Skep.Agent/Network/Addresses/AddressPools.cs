using System.Net;
using System.Security.Cryptography;
using System.Text;
using Skep.Swarm;

namespace Skep.Agent.Network.Addresses;

/// <summary>Chooses subnets for networks that name none.</summary>
public sealed class AddressPools
{
    /// <summary>Docker's: 172.17 to 172.31 as they are, and 192.168 in parts of 4096 addresses.</summary>
    private static readonly (string Base, int Size)[] Defaults =
    [
        ("172.17.0.0/16", 16), ("172.18.0.0/16", 16), ("172.19.0.0/16", 16),
        ("172.20.0.0/14", 16), ("172.24.0.0/14", 16), ("172.28.0.0/14", 16),
        ("192.168.0.0/16", 20),
    ];

    private readonly List<(Subnet Base, int Size)> pools = [];

    /// <param name="chosen">What the user gave; empty: Docker's pools.</param>
    /// <param name="instanceId">Makes the instance's own private IPv6 range: no two machines are likely to share
    /// it.</param>
    public AddressPools(IReadOnlyList<AddressPoolOption> chosen, string instanceId)
    {
        foreach ((string text, int size) in chosen.Count > 0 ? chosen.Select(o => (o.Base, o.Size)) : Defaults)
        {
            if (!Subnet.TryParse(text, out Subnet pool, out IPAddress? address)
                || size < pool.PrefixBits || size > pool.AddressBits || !address.Equals(pool.Network))
            {
                throw new RefusedException(
                    ErrorKind.Invalid, $"invalid default address pool: base={text},size={size}");
            }

            pools.Add((pool, size));
        }

        if (!pools.Exists(p => !p.Base.IsIPv4))
        {
            pools.Add((UniqueLocal(instanceId), 64));
        }
    }

    /// <summary>The first subnet that overlaps nothing in use; null: all are taken.</summary>
    /// <param name="inUse">Subnets of other networks, and what the host's routes and resolvers lie in.</param>
    public Subnet? Choose(bool isIPv4, IReadOnlyCollection<Subnet> inUse)
    {
        foreach ((Subnet pool, int size) in pools)
        {
            if (pool.IsIPv4 != isIPv4)
            {
                continue;
            }

            Subnet[] near = inUse.Where(pool.Overlaps).Order().ToArray();
            if (FirstFree(pool, size, near) is { } free)
            {
                return free;
            }
        }

        return null;
    }

    private static Subnet? FirstFree(Subnet pool, int size, Subnet[] near)
    {
        int partBits = pool.AddressBits - size;
        for (UInt128 at = pool.First; at >= pool.First && at <= pool.Last;)
        {
            var part = new Subnet(at, size, pool.IsIPv4);
            int blocker = Array.FindIndex(near, part.Overlaps);
            if (blocker < 0)
            {
                return part;
            }

            // On to the first part behind whatever is in the way: a /8 in the way costs one step, not thousands.
            UInt128 behind = UInt128.Max(near[blocker].Last, part.Last) >> partBits;
            if (behind == UInt128.MaxValue >> partBits)
            {
                return null;
            }

            at = (behind + 1) << partBits;
        }

        return null;
    }

    /// <summary>RFC 4193: fd and forty bits that nobody else is likely to have.</summary>
    private static Subnet UniqueLocal(string instanceId)
    {
        var bytes = new byte[16];
        SHA256.HashData(Encoding.UTF8.GetBytes("skep-ula-" + instanceId)).AsSpan(0, 5).CopyTo(bytes.AsSpan(1));
        bytes[0] = 0xfd;
        return Subnet.Containing(new IPAddress(bytes), 48);
    }
}
