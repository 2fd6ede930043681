using System.Security.Cryptography;
using Skep.Linux.Netlink;

namespace Skep.Linux.Nftables;

/// <summary>A member of a set or map as the kernel holds it.</summary>
/// <param name="Key">As <see cref="NftValue"/> writes it.</param>
/// <param name="Value">Null: there is none, or it is a verdict.</param>
public sealed record NftListed(byte[] Key, byte[]? Value, string? GoesTo)
{
    /// <summary>What the kernel would list if it held the element.</summary>
    public static NftListed Of(NftSet set, NftElement element) => new(
        element.Key.ToBytes(set.Key.Bytes),
        element.Value?.ToBytes(set.Value!.Value.Bytes),
        element.GoesTo);
}

/// <summary>What a table holds at this moment, for comparing it with what it should.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class NftDump(NftSocket nft, NftFamily family, string table)
{
    /// <exception cref="ErrnoException">ENOENT: there is no such table or set.</exception>
    public IReadOnlyList<NftListed> ListElements(NftSet set)
    {
        var found = new List<NftListed>();
        Ask(NftMessage.GetElement, $"list elements of {table} {set.Name}", set.Name, (_, payload) =>
        {
            var attributes = new AttributeReader(payload.Length < 4 ? [] : payload[4..]);
            while (attributes.Next())
            {
                if (attributes.Type == Nfta.ElementsList)
                {
                    ReadElements(attributes.Value, found);
                }
            }
        });
        return found;
    }

    /// <summary>A digest of all chains and rules, which changes when anybody changes one of them.</summary>
    /// <remarks>Sets and their elements are not part of it. Empty: there is no such table.</remarks>
    public string ReadRules()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool isThere = false;
        void Add(ushort type, ReadOnlySpan<byte> payload)
        {
            isThere = true;
            digest.AppendData([(byte)type]);

            // The header's last two bytes are the generation, which counts every change of any table.
            digest.AppendData(payload.Length < 4 ? payload : payload[4..]);
        }

        try
        {
            Ask(NftMessage.GetRule, $"list rules of {table}", null, Add);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            return "";
        }

        return isThere ? Convert.ToHexString(digest.GetHashAndReset()) : "";
    }

    private void Ask(ushort type, string operation, string? set, NetlinkVisitor visit)
    {
        var request = new NetlinkBatch();
        request.Message(type, NetlinkFlags.Request | NetlinkFlags.Dump, operation)
            .U8((byte)family).U8(0).U16(0)
            .Text(Nfta.TableName, table);
        if (set is not null)
        {
            request.Text(Nfta.ElementsSet, set);
        }

        nft.Ask(request, visit);
    }

    private static void ReadElements(ReadOnlySpan<byte> list, List<NftListed> found)
    {
        var elements = new AttributeReader(list);
        while (elements.Next())
        {
            byte[] key = [];
            byte[]? value = null;
            string? goesTo = null;
            var parts = new AttributeReader(elements.Value);
            while (parts.Next())
            {
                if (parts.Type == Nfta.ElementKey)
                {
                    (key, _) = ReadData(parts.Value);
                }
                else if (parts.Type == Nfta.ElementData)
                {
                    (value, goesTo) = ReadData(parts.Value);
                }
            }

            found.Add(new NftListed(key, goesTo is null ? value : null, goesTo));
        }
    }

    private static (byte[] Value, string? GoesTo) ReadData(ReadOnlySpan<byte> data)
    {
        byte[] value = [];
        string? goesTo = null;
        var parts = new AttributeReader(data);
        while (parts.Next())
        {
            if (parts.Type == Nfta.DataValue)
            {
                value = parts.Value.ToArray();
            }
            else if (parts.Type == Nfta.DataVerdict)
            {
                var verdict = new AttributeReader(parts.Value);
                while (verdict.Next())
                {
                    goesTo = verdict.Type == Nfta.VerdictChain ? verdict.Text : goesTo;
                }
            }
        }

        return (value, goesTo);
    }
}
