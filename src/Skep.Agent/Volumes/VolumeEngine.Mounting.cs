using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Agent.Volumes;

// Mounting on first use, unmounting after the last, and filling from an image.
public sealed partial class VolumeEngine
{
    /// <summary>Takes over what the containers had before this daemon started. Before anything else is asked.</summary>
    public void Adopt(IEnumerable<VolumeUse> uses)
    {
        foreach (VolumeUse use in uses)
        {
            VolumeEntry? entry = FindAndRefer(use.VolumeName, use.ContainerId);
            if (entry is null)
            {
                log.Warn(
                    "a container's volume is missing", ("container", use.ContainerId), ("volume", use.VolumeName));
            }
            else if (use.IsRunning)
            {
                entry.Holders.Add(use.ContainerId);
            }
        }

        foreach (VolumeEntry entry in Select((entry, _) => entry.Holders.Count == 0))
        {
            Unmount(entry);
        }
    }

    /// <summary>Makes the volume's data available.</summary>
    /// <param name="holder">Who needs it, until <see cref="UnmountAsync"/>: the container's id, for one.</param>
    /// <returns>Where the data is.</returns>
    public async Task<string> MountAsync(string name, string holder, CancellationToken stop)
    {
        VolumeEntry entry = Find(name);
        await entry.Mounting.WaitAsync(stop);
        try
        {
            if (entry.Mount is not null && !MountTable.IsMountPoint(entry.Mountpoint))
            {
                await entry.Mount.MountAsync(entry.Mountpoint, stop);
            }

            entry.Holders.Add(holder);
            return entry.Mountpoint;
        }
        catch (RefusedException e)
        {
            throw new RefusedException(
                e.Kind, $"error while mounting volume '{entry.Mountpoint}': {e.Message}", e);
        }
        finally
        {
            entry.Mounting.Release();
        }
    }

    /// <summary>Idempotent: a holder that has nothing, and a volume that is gone, are no error.</summary>
    /// <returns>Whether the holder had it.</returns>
    public async Task<bool> UnmountAsync(string name, string holder, CancellationToken stop)
    {
        VolumeEntry? entry = FindAndRefer(name, containerId: null);
        if (entry is null)
        {
            return false;
        }

        await entry.Mounting.WaitAsync(stop);
        try
        {
            bool had = entry.Holders.Remove(holder);
            if (had && entry.Holders.Count == 0)
            {
                Unmount(entry);
            }

            return had;
        }
        finally
        {
            entry.Mounting.Release();
        }
    }

    /// <summary>Copies what the image has at a path into a volume that is still empty.</summary>
    /// <param name="subpath">Directory in the volume; "": all of it.</param>
    /// <returns>False when the volume had content already.</returns>
    internal async Task<bool> FillAsync(
        string name, string subpath, SafeRoot source, string holder, CancellationToken stop)
    {
        VolumeEntry entry = Find(name);
        string path = await MountAsync(name, holder, stop);
        await entry.Mounting.WaitAsync(stop);
        try
        {
            using SafeRoot volume = SafeRoot.Open(path);
            using SafeRoot target = volume.OpenDirectory(subpath);
            if (target.List().Count > 0)
            {
                return false;
            }

            // Only where nobody else can have written meanwhile may half of a copy be swept away.
            if (entry.Mount is null && subpath.Length == 0 && entry.Holders.Count == 1)
            {
                store.Fill(name, () => TreeCopy.Copy(source, target, stop));
            }
            else
            {
                TreeCopy.Copy(source, target, stop);
            }

            return true;
        }
        finally
        {
            entry.Mounting.Release();
            await UnmountAsync(name, holder, CancellationToken.None);
        }
    }

    /// <summary>Whether an image's content could still go into it; one with options must be mounted to see.</summary>
    internal bool MayBeEmpty(string name)
    {
        VolumeEntry entry = Find(name);
        if (entry.Mount is not null)
        {
            return true;
        }

        using SafeRoot data = SafeRoot.Open(entry.Mountpoint);
        return data.List().Count == 0;
    }

    internal void PublishMount(string name, string containerId, Dictionary<string, string> attributes)
    {
        attributes["container"] = containerId;
        Publish("mount", name, attributes);
    }

    internal void PublishUnmount(string name, string containerId) =>
        Publish("unmount", name, new Dictionary<string, string> { ["container"] = containerId });

    private static void Unmount(VolumeEntry entry)
    {
        if (entry.Mount is not null)
        {
            KernelMounts.DetachBelow(entry.Mountpoint);
        }
    }
}
