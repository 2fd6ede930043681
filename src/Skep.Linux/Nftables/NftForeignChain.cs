using System.Buffers.Binary;
using System.Text;
using Skep.Linux.Netlink;

namespace Skep.Linux.Nftables;

/// <summary>A chain that another program owns, in which a few rules of ours must stand.</summary>
/// <remarks>
/// A verdict "drop" of any chain is final, so a packet filter of the host that drops what it does not know drops our
/// packets too, whatever our own table says. Our rules are written as iptables would write them, so that it can still
/// read its table. Not thread-safe.
/// </remarks>
public sealed class NftForeignChain(NftSocket nft, NftFamily family, string table, string chain)
{
    private const ushort AttributeHandle = 3, AttributeExpressions = 4;

    /// <summary>
    /// Puts rules in front that accept what comes from and goes to links with a prefix. Once is enough.
    /// </summary>
    /// <returns>False: there is no such chain.</returns>
    public bool AcceptLinks(string prefix)
    {
        if (!Exists())
        {
            return false;
        }

        if (FindRules(prefix).Count == 0)
        {
            nft.Apply(new NftBatch(family, table)
                .InsertRule(chain, r => r.ComesFromLinksNamed(prefix).Count().Accept())
                .InsertRule(chain, r => r.GoesToLinksNamed(prefix).Count().Accept()));
        }

        return true;
    }

    /// <summary>Takes them out again.</summary>
    public void ForgetLinks(string prefix)
    {
        if (!Exists() || FindRules(prefix) is not { Count: > 0 } found)
        {
            return;
        }

        var batch = new NftBatch(family, table);
        foreach (ulong handle in found)
        {
            batch.RemoveRule(chain, handle);
        }

        nft.Apply(batch);
    }

    private bool Exists()
    {
        bool exists = false;
        var request = new NetlinkBatch();
        request.Message(NftMessage.GetChain, NetlinkFlags.Request | NetlinkFlags.Ack, $"find chain {table} {chain}")
            .U8((byte)family).U8(0).U16(0)
            .Text(Nfta.ChainTable, table)
            .Text(Nfta.ChainName, chain);
        try
        {
            nft.Ask(request, (_, _) => exists = true);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            return false;
        }

        return exists;
    }

    /// <summary>Handles of the rules in which the prefix stands as text.</summary>
    private List<ulong> FindRules(string prefix)
    {
        byte[] text = Encoding.ASCII.GetBytes(prefix);
        var found = new List<ulong>();
        var request = new NetlinkBatch();
        request.Message(NftMessage.GetRule, NetlinkFlags.Request | NetlinkFlags.Dump, $"list rules of {table} {chain}")
            .U8((byte)family).U8(0).U16(0)
            .Text(Nfta.RuleTable, table)
            .Text(Nfta.RuleChain, chain);
        nft.Ask(request, (_, payload) =>
        {
            ulong handle = 0;
            bool isOurs = false;
            var attributes = new AttributeReader(payload.Length < 4 ? [] : payload[4..]);
            while (attributes.Next())
            {
                if (attributes.Type == AttributeHandle)
                {
                    handle = BinaryPrimitives.ReadUInt64BigEndian(attributes.Value);
                }
                else if (attributes.Type == AttributeExpressions)
                {
                    isOurs = attributes.Value.IndexOf(text) >= 0;
                }
            }

            if (isOurs)
            {
                found.Add(handle);
            }
        });
        return found;
    }
}
