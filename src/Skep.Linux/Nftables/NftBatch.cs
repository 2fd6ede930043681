using System.Buffers.Binary;
using Skep.Linux.Netlink;

namespace Skep.Linux.Nftables;

/// <summary>Changes to one nf_tables table that happen all at once or not at all.</summary>
/// <remarks>Every message: netlink header, { family u8, version u8, resource u16 big-endian }, attributes.</remarks>
public sealed class NftBatch
{
    private const NetlinkFlags Add = NetlinkFlags.Request | NetlinkFlags.Create;

    private readonly NftFamily family;
    private readonly string table;
    private readonly NetlinkBatch messages = new();
    private uint nextSetId = 1;
    private bool isFinished;

    public NftBatch(NftFamily family, string table)
    {
        this.family = family;
        this.table = table;
        messages.Message(NftMessage.BatchBegin, NetlinkFlags.Request, $"commit to nftables table {table}");
        Header(0, NftMessage.SubsystemId);
    }

    /// <summary>Makes the table if there is none yet.</summary>
    public NftBatch AddTable()
    {
        Start(NftMessage.NewTable, Add, "add table").Text(Nfta.TableName, table);
        return this;
    }

    /// <summary>The table must exist; in one batch with <see cref="AddTable"/> before it that is so.</summary>
    public NftBatch RemoveTable()
    {
        Start(NftMessage.DeleteTable, NetlinkFlags.Request, "remove table").Text(Nfta.TableName, table);
        return this;
    }

    /// <summary>Makes the table new and empty, whatever there was.</summary>
    public NftBatch ReplaceTable() => AddTable().RemoveTable().AddTable();

    /// <param name="hook">Null: the chain is only jumped to.</param>
    public NftBatch AddChain(string name, NftHook? hook = null)
    {
        Start(NftMessage.NewChain, Add, $"add chain {name}")
            .Text(Nfta.ChainTable, table)
            .Text(Nfta.ChainName, name);
        if (hook is { } where)
        {
            messages.NestMarked(Nfta.ChainHook)
                .Be32(Nfta.HookNumber, (uint)where.Point)
                .Be32(Nfta.HookPriority, (uint)where.Priority)
                .EndNest()
                .Text(Nfta.ChainType, where.Kind switch
                {
                    NftChainKind.Nat => "nat",
                    NftChainKind.Route => "route",
                    _ => "filter",
                });
        }

        return this;
    }

    /// <summary>Removes a chain with its rules. Nothing may lead to it any more.</summary>
    public NftBatch RemoveChain(string name)
    {
        Start(NftMessage.DeleteChain, NetlinkFlags.Request, $"remove chain {name}")
            .Text(Nfta.ChainTable, table)
            .Text(Nfta.ChainName, name);
        return this;
    }

    public NftBatch AddSet(NftSet set)
    {
        uint flags = (set.Value is null ? 0 : Nfta.SetIsMap) | (set.HasIntervals ? Nfta.SetHasIntervals : 0);
        Start(NftMessage.NewSet, Add, $"add set {set.Name}")
            .Text(Nfta.SetTable, table)
            .Text(Nfta.SetName, set.Name)
            .Be32(Nfta.SetFlags, flags)
            .Be32(Nfta.SetKeyType, set.Key.Number)
            .Be32(Nfta.SetKeyBytes, (uint)set.Key.Bytes)
            .Be32(Nfta.SetId, nextSetId++);
        if (set.Value is { } value)
        {
            messages.Be32(Nfta.SetDataType, value.Number).Be32(Nfta.SetDataBytes, (uint)value.Bytes);
        }

        if (set.Key == NftType.LinkName)
        {
            // A note for nft, without which it prints names of links as empty: { type u8, length u8, byte order u32 }.
            const byte keyByteOrder = 0, hostOrder = 1;
            messages.Attribute(Nfta.SetNote, [keyByteOrder, sizeof(uint), hostOrder, 0, 0, 0]);
        }

        return this;
    }

    public NftBatch AddElements(NftSet set, IReadOnlyCollection<NftElement> elements) =>
        Elements(NftMessage.NewElement, Add, "add to", set, elements);

    /// <summary>Every element must be there.</summary>
    public NftBatch RemoveElements(NftSet set, IReadOnlyCollection<NftElement> elements) =>
        Elements(NftMessage.DeleteElement, NetlinkFlags.Request, "remove from", set, elements);

    /// <summary>Takes all elements out.</summary>
    public NftBatch ClearSet(NftSet set)
    {
        Start(NftMessage.DeleteElement, NetlinkFlags.Request, $"clear set {set.Name}")
            .Text(Nfta.ElementsTable, table)
            .Text(Nfta.ElementsSet, set.Name);
        return this;
    }

    /// <summary>Adds a rule behind the others of its chain.</summary>
    public NftBatch AddRule(string chain, Action<NftRule> write) =>
        Rule(chain, Add | NetlinkFlags.Append, write);

    /// <summary>Adds a rule before the others of its chain.</summary>
    public NftBatch InsertRule(string chain, Action<NftRule> write) => Rule(chain, Add, write);

    public NftBatch RemoveRule(string chain, ulong handle)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, handle);
        Start(NftMessage.DeleteRule, NetlinkFlags.Request, $"remove rule from {chain}")
            .Text(Nfta.RuleTable, table)
            .Text(Nfta.RuleChain, chain)
            .Attribute(Nfta.RuleHandle, bytes);
        return this;
    }

    private NftBatch Rule(string chain, NetlinkFlags flags, Action<NftRule> write)
    {
        Start(NftMessage.NewRule, flags, $"add rule to {chain}")
            .Text(Nfta.RuleTable, table)
            .Text(Nfta.RuleChain, chain)
            .NestMarked(Nfta.RuleExpressions);
        write(new NftRule(messages));
        messages.EndNest();
        return this;
    }

    /// <summary>Closes the batch; nothing may be added afterwards.</summary>
    internal NetlinkBatch Finish()
    {
        if (!isFinished)
        {
            isFinished = true;
            messages.FlagLast(NetlinkFlags.Ack);
            messages.Message(NftMessage.BatchEnd, NetlinkFlags.Request, "end of batch");
            Header(0, NftMessage.SubsystemId);
        }

        return messages;
    }

    private NftBatch Elements(
        ushort type, NetlinkFlags flags, string verb, NftSet set, IReadOnlyCollection<NftElement> elements)
    {
        bool isOpen = false;
        foreach (NftElement element in elements)
        {
            if (isOpen && messages.MessageBytes > NftLimits.ElementBytesPerMessage)
            {
                messages.EndNest();
                isOpen = false;
            }

            if (!isOpen)
            {
                Start(type, flags, $"{verb} set {set.Name}")
                    .Text(Nfta.ElementsTable, table)
                    .Text(Nfta.ElementsSet, set.Name)
                    .NestMarked(Nfta.ElementsList);
                isOpen = true;
            }

            Element(set, element);
        }

        if (isOpen)
        {
            messages.EndNest();
        }

        return this;
    }

    private void Element(NftSet set, NftElement element)
    {
        messages.NestMarked(Nfta.ListElement)
            .NestMarked(Nfta.ElementKey)
            .Attribute(Nfta.DataValue, element.Key.ToBytes(set.Key.Bytes))
            .EndNest();
        if (element.IsIntervalEnd)
        {
            messages.Be32(Nfta.ElementFlags, Nfta.ElementIsIntervalEnd);
        }

        if (element.Value is { } value)
        {
            messages.NestMarked(Nfta.ElementData)
                .Attribute(Nfta.DataValue, value.ToBytes(set.Value!.Value.Bytes))
                .EndNest();
        }

        if (element.GoesTo is { } chain)
        {
            messages.NestMarked(Nfta.ElementData)
                .NestMarked(Nfta.DataVerdict)
                .Be32(Nfta.VerdictCode, unchecked((uint)NftVerdict.Goto))
                .Text(Nfta.VerdictChain, chain)
                .EndNest()
                .EndNest();
        }

        messages.EndNest();
    }

    private NetlinkBatch Start(ushort type, NetlinkFlags flags, string operation)
    {
        Invariant.Holds(!isFinished);
        messages.Message(type, flags, $"nftables table {table}: {operation}");
        return Header((byte)family, 0);
    }

    private NetlinkBatch Header(byte about, ushort resource) =>
        messages.U8(about).U8(0).U8((byte)(resource >> 8)).U8((byte)resource);
}

internal static class NftLimits
{
    /// <summary>A list of elements is one attribute, and an attribute's length has 16 bits.</summary>
    public const int ElementBytesPerMessage = 32 * 1024;
}
