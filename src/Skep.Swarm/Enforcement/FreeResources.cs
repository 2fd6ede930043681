using Skep.Swarm.Objects;

namespace Skep.Swarm.Enforcement;

/// <summary>What a node has left while its tasks are counted one after the other.</summary>
internal sealed class FreeResources
{
    private readonly HashSet<(string Kind, string Value)> pieces = [];
    private readonly Dictionary<string, long> amounts = [];
    private long nanoCpus;
    private long memoryBytes;

    public FreeResources(Resources? resources)
    {
        nanoCpus = resources?.NanoCpus ?? 0;
        memoryBytes = resources?.MemoryBytes ?? 0;
        foreach (GenericResource resource in resources?.Generic ?? default)
        {
            switch (resource)
            {
                case NamedGenericResource named:
                    pieces.Add((named.Kind, named.Value));
                    break;
                case DiscreteGenericResource discrete:
                    amounts[discrete.Kind] = discrete.Value;
                    break;
            }
        }
    }

    /// <returns>False when the node has not as much; then nothing was taken.</returns>
    public bool TryTake(SwarmTask task)
    {
        long memory = task.Spec.Resources?.Reservations?.MemoryBytes ?? 0;
        long processors = task.Spec.Resources?.Reservations?.NanoCpus ?? 0;
        bool lacks = (memory > 0 && memory > memoryBytes) || (processors > 0 && processors > nanoCpus);
        if (lacks || !task.AssignedGenericResources.All(Has))
        {
            return false;
        }
        memoryBytes -= memory;
        nanoCpus -= processors;
        foreach (GenericResource resource in task.AssignedGenericResources)
        {
            Take(resource);
        }
        return true;
    }

    private bool Has(GenericResource resource) => resource switch
    {
        NamedGenericResource named => pieces.Contains((named.Kind, named.Value)),
        DiscreteGenericResource discrete => amounts.GetValueOrDefault(discrete.Kind) >= discrete.Value,
        _ => true,
    };

    private void Take(GenericResource resource)
    {
        switch (resource)
        {
            case NamedGenericResource named:
                pieces.Remove((named.Kind, named.Value));
                break;
            case DiscreteGenericResource discrete:
                amounts[discrete.Kind] -= discrete.Value;
                break;
        }
    }
}
