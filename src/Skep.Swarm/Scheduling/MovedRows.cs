namespace Skep.Swarm.Scheduling;

/// <summary>Which rows changed lately, for those who keep rows in an order of their own.</summary>
/// <remarks>
/// Whoever keeps one reads on from where it stopped, when it is needed: a change costs the same however many orders
/// there are. One that was not needed for long has fallen out of the record and is made anew.
/// </remarks>
internal sealed class MovedRows
{
    private readonly List<NodeRow> rows = [];
    private long start;

    public long End => start + rows.Count;

    public void Add(NodeRow row)
    {
        if (rows.Count == Limits.MovedRows)
        {
            rows.RemoveRange(0, Limits.MovedRows / 2);
            start += Limits.MovedRows / 2;
        }
        rows.Add(row);
    }

    /// <returns>Null when what was asked for is no longer known.</returns>
    public IReadOnlyList<NodeRow>? Since(long place) =>
        place < start ? null : rows.GetRange((int)(place - start), (int)(End - place));
}
