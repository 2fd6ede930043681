namespace Skep.Swarm.Store;

/// <summary>Text in ordinal order, which is the same on every machine.</summary>
internal readonly record struct TextKey(string Text) : IComparable<TextKey>
{
    public int CompareTo(TextKey other) => string.CompareOrdinal(Text, other.Text);
}

/// <summary>The secondary indexes of all kinds.</summary>
internal enum IndexName : byte
{
    /// <summary>What outsiders gave in <see cref="Objects.Annotations.Indices"/>: <c>key|value</c>.</summary>
    Custom,
    Hostname,
    Role,
    Membership,

    /// <summary>Text is the service, the number is the slot.</summary>
    Service,
    Node,
    DesiredState,
    State,
    Network,
    Secret,
    Config,
    Volume,
    Extension,
    Group,
    Driver,
}

/// <summary>One entry of a secondary index: what is looked up by, and the id that it leads to.</summary>
/// <remarks>An index by number leaves the text empty, one by text the number at 0.</remarks>
internal readonly record struct IndexKey(IndexName Index, string Text, ulong Number, string Id) : IComparable<IndexKey>
{
    public int CompareTo(IndexKey other)
    {
        if (Index != other.Index)
        {
            return Index < other.Index ? -1 : 1;
        }
        int order = string.CompareOrdinal(Text, other.Text);
        if (order != 0)
        {
            return order;
        }
        if (Number != other.Number)
        {
            return Number < other.Number ? -1 : 1;
        }
        return string.CompareOrdinal(Id, other.Id);
    }

    public bool Matches(IndexName index, string text, ulong? number) =>
        Index == index && (number is null || Number == number) && string.Equals(Text, text, StringComparison.Ordinal);
}

/// <summary>The value of a map that is only a set.</summary>
internal readonly record struct Nothing;
