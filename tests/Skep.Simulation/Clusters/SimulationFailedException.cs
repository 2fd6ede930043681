namespace Skep.Simulation.Clusters;

/// <summary>Something that must never be has been seen.</summary>
public sealed class SimulationFailedException(string message) : Exception(message)
{
    internal static void Unless(bool claim, string text)
    {
        if (!claim)
        {
            throw new SimulationFailedException(text);
        }
    }
}
