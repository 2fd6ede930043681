using System.Security.Cryptography;
using Skep.Agent.Secrets;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.SwarmMode;

namespace Skep.Tests.SwarmMode;

/// <summary>A daemon that finds what an init left that was cut off.</summary>
public sealed class HalfFoundedTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("skep-half-").FullName;

    [Fact]
    public async Task A_swarm_whose_founding_was_cut_off_is_forgotten_with_all_its_keys()
    {
        NodeFolder folder = Leave(isBeginning: true);
        await RunAsync(node => !File.Exists(folder.KeyFile) && node.Status.State == LocalNodeState.Inactive);
        Assert.Null(folder.Load());
        Assert.False(Directory.Exists(folder.Raft));
    }

    [Fact]
    public async Task A_swarm_that_is_complete_is_not_forgotten()
    {
        NodeFolder folder = Leave(isBeginning: false);
        await RunAsync(static node => node.Status.State != LocalNodeState.Inactive);
        Assert.NotNull(folder.Load());
        Assert.True(Directory.Exists(folder.Raft));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private NodeFolder Leave(bool isBeginning)
    {
        var folder = new NodeFolder(Path.Combine(root, "swarm"));
        folder.Create();
        File.WriteAllText(folder.KeyFile, "half");
        Directory.CreateDirectory(folder.Raft);
        folder.Save(new NodeSettings
        {
            ListenAddress = "127.0.0.1:2377",
            AdvertiseAddress = "127.0.0.1:2377",
            LocalAddress = "127.0.0.1",
            RemoteAddress = "",
            DataPathAddress = "",
            Availability = "active",
            IsBeginning = isBeginning,
        });
        return folder;
    }

    private async Task RunAsync(Func<SwarmNode, bool> isSeen)
    {
        using var node = new SwarmNode(new SwarmParts
        {
            DataRoot = root,
            ExecRoot = root,
            Disk = new LinuxDisk(),
            Addresses = static () => throw new InvalidOperationException("nothing is founded or joined here"),
            Describe = static () => new NodeDescription(),
            Tasks = null!, // Nothing here gets as far as a task, or as a network.
            Networks = null!,
            Attachments = null!,
            OwnRanges = static () => default,
            Dependencies = new Dependencies(),
            OnChange = static _ => { },
            Ids = new IdSource(RandomNumberGenerator.Fill),
            Time = TimeProvider.System,
            Log = Log.None,
        });
        using var stop = new CancellationTokenSource();
        Task running = node.RunAsync(stop.Token);
        for (int look = 0; look < 600 && !isSeen(node); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.True(isSeen(node));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => running);
    }
}
