namespace Skep.Engine.Metrics;

/// <summary>Bounds of what is measured: a scraper keeps every line of a page for weeks.</summary>
internal static class MetricsLimits
{
    /// <summary>
    /// Services with lines of their own, the first ones by name; how many were left out is said. Four lines each.
    /// </summary>
    public const int Services = 1000;

    /// <summary>Of a label's value, in characters; Swarm's own bound for the names of services is 63.</summary>
    public const int LabelCharacters = 128;
}
