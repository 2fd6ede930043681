namespace Skep.Linux.Netlink;

/// <content>The end of links.</content>
public sealed partial class RouteSocket
{
    /// <summary>What is in it is on its way out: "skep" as a number, which nobody else would choose.</summary>
    private const uint LeavingGroup = 0x736b6570;

    /// <summary>Removes links, and with each its other end. No error if one is gone already.</summary>
    /// <remarks>
    /// After a removal the kernel waits until nobody can be using the link any more, for some ten milliseconds: once
    /// for each, or once for a whole group.
    /// </remarks>
    public void RemoveLinks(IReadOnlyCollection<string> names)
    {
        var found = new List<(int Index, string Name)>(names.Count);
        foreach (string name in names)
        {
            if (FindLink(name) is > 0 and var index)
            {
                found.Add((index, name));
            }
        }

        if (found.Count > 1)
        {
            RemoveTogether(found);
        }

        // Those that were left, if any; of the others the kernel says at once that there is no such link.
        foreach ((int index, string name) in found)
        {
            Apply(new RouteBatch().RemoveLink(index, name), Errno.ENODEV);
        }
    }

    private void RemoveTogether(IEnumerable<(int Index, string Name)> links)
    {
        var marks = new RouteBatch();
        foreach ((int index, _) in links)
        {
            marks.SetGroup(index, LeavingGroup);
        }

        try
        {
            Apply(marks, Errno.ENODEV);
            Apply(new RouteBatch().RemoveGroup(LeavingGroup), Errno.ENODEV);
        }
        catch (ErrnoException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EINVAL)
        {
            // This kernel has no groups; then one by one.
        }
    }

    private void Apply(RouteBatch batch, int expected)
    {
        try
        {
            Apply(batch);
        }
        catch (ErrnoException e) when (e.Errno == expected)
        {
            // It is gone already, and that was meant.
        }
    }
}
