namespace Skep.Linux.Nftables;

/// <summary>Message types (linux/netfilter/nf_tables.h), with the subsystem number 10 in the upper byte.</summary>
internal static class NftMessage
{
    public const ushort BatchBegin = 0x10;
    public const ushort BatchEnd = 0x11;
    public const ushort NewTable = Subsystem | 0;
    public const ushort GetTable = Subsystem | 1;
    public const ushort DeleteTable = Subsystem | 2;
    public const ushort NewChain = Subsystem | 3;
    public const ushort GetChain = Subsystem | 4;
    public const ushort DeleteChain = Subsystem | 5;
    public const ushort NewRule = Subsystem | 6;
    public const ushort GetRule = Subsystem | 7;
    public const ushort DeleteRule = Subsystem | 8;
    public const ushort NewSet = Subsystem | 9;
    public const ushort GetSet = Subsystem | 10;
    public const ushort NewElement = Subsystem | 12;
    public const ushort GetElement = Subsystem | 13;
    public const ushort DeleteElement = Subsystem | 14;

    public const ushort SubsystemId = 10;
    private const ushort Subsystem = SubsystemId << 8;
}

/// <summary>Attribute numbers, one block for each kind of object.</summary>
internal static class Nfta
{
    public const ushort ListElement = 1;
    public const ushort TableName = 1;

    public const ushort ChainTable = 1;
    public const ushort ChainName = 3;
    public const ushort ChainHook = 4;
    public const ushort ChainType = 7;
    public const ushort HookNumber = 1;
    public const ushort HookPriority = 2;

    public const ushort RuleTable = 1;
    public const ushort RuleChain = 2;
    public const ushort RuleHandle = 3;
    public const ushort RuleExpressions = 4;
    public const ushort ExpressionName = 1;
    public const ushort ExpressionData = 2;

    public const ushort SetTable = 1;
    public const ushort SetName = 2;
    public const ushort SetFlags = 3;
    public const ushort SetKeyType = 4;
    public const ushort SetKeyBytes = 5;
    public const ushort SetDataType = 6;
    public const ushort SetDataBytes = 7;
    public const ushort SetId = 10;
    public const ushort SetNote = 13;
    public const uint SetHasIntervals = 4;
    public const uint SetIsMap = 8;

    public const ushort ElementsTable = 1;
    public const ushort ElementsSet = 2;
    public const ushort ElementsList = 3;
    public const ushort ElementKey = 1;
    public const ushort ElementData = 2;
    public const ushort ElementFlags = 3;
    public const uint ElementIsIntervalEnd = 1;

    public const ushort DataValue = 1;
    public const ushort DataVerdict = 2;
    public const ushort VerdictCode = 1;
    public const ushort VerdictChain = 2;
}

/// <summary>Codes of a verdict (linux/netfilter/nf_tables.h).</summary>
internal static class NftVerdict
{
    public const int Drop = 0;
    public const int Accept = 1;
    public const int Jump = -3;
    public const int Goto = -4;
    public const int Return = -5;
}
