using Skep.Linux;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Overlay;

/// <content>Forwarding and neighbour entries: who is where.</content>
public sealed partial class OverlayLinks
{
    /// <param name="isFresh">Compare with the kernel, not with what we know of it.</param>
    /// <returns>How many entries were not as they should be.</returns>
    private int ApplyEntries_NeedsLock(bool isFresh)
    {
        isUnsure = false;

        // A node that has not heard of a network, or of no one at all, withdraws nothing.
        string[] known = [.. spaces.Keys.Where(id => state.Networks.ContainsKey(new NetworkId(id)))];
        int changed = 0;
        foreach ((string id, OverlayEntries wanted) in OverlayEntries.Of(state, known, LocalOf))
        {
            OverlaySpace space = spaces[id];
            try
            {
                if (isFresh)
                {
                    space.Read();
                }

                OverlayChange change = wanted.From(space.Known);
                space.Carry(change, wanted);
                changed += change.Count;
            }
            catch (ErrnoException e)
            {
                Fail_NeedsLock(space, e);
            }
        }

        return changed;
    }

    /// <summary>Endpoints come and go between nodes that stay as they are: this costs what it changes.</summary>
    private void ApplyEndpoints_NeedsLock(NetworkStep step)
    {
        foreach (IGrouping<NetworkId, (EndpointFacts? Old, EndpointFacts? New)> network in step.Endpoints()
            .GroupBy(e => (e.Old ?? e.New)?.Network ?? default))
        {
            if (network.Key.Value is not { } id || !spaces.TryGetValue(id, out OverlaySpace? space))
            {
                continue;
            }

            try
            {
                (OverlayEntries entries, OverlayChange change) =
                    space.Known.With([.. network], state.Self, LocalOf);
                space.Carry(change, entries);
            }
            catch (ErrnoException e)
            {
                Fail_NeedsLock(space, e);
            }
        }
    }

    private void Fail_NeedsLock(OverlaySpace space, ErrnoException reason)
    {
        isUnsure = true;
        log.Warn(
            "entries of an overlay network cannot be set",
            ("network", space.Network.Name), ("reason", reason.Message));
    }
}
