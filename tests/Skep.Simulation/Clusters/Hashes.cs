namespace Skep.Simulation.Clusters;

/// <summary>FNV-1a: the same in every process, unlike HashCode, for a seed must replay.</summary>
internal static class Hashes
{
    public static int Of(ReadOnlySpan<byte> data)
    {
        uint hash = 2166136261;
        foreach (byte value in data)
        {
            hash = (hash ^ value) * 16777619;
        }

        return (int)hash;
    }
}
