using Skep.Linux.Files;
using Skep.Manager.Authority;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Tests.Authority;

public sealed class ManagerKeysTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("skep-lock-").FullName;

    private string FilePath => Path.Combine(folder, "node.keys");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A8_autolock_on_rotated_and_off_is_followed_by_the_key_file_and_the_log()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        KeyFile file = NewFile(scene);
        int renewals = 0;
        scene.Run(Keys(scene, file, () => Interlocked.Increment(ref renewals)).RunAsync);
        byte[] firstKey = file.Keys.DataKeys!.Current;

        var first = UnlockKey.New();
        await LockAsync(scene, first);
        await UntilAsync(() => file.Keys.Lock is not null && !file.Keys.DataKeys!.Current.SequenceEqual(firstKey));
        Assert.Equal(1, renewals);
        KeyFile locked = KeyFile.Load(new LinuxDisk(), FilePath);
        Assert.Equal(KeyFileState.Locked, locked.State);
        Assert.True(locked.Unlock(first));
        Assert.Null(locked.Keys.DataKeys!.Pending);

        var second = UnlockKey.New();
        await LockAsync(scene, second);
        await UntilAsync(() => second.Equals(file.Keys.Lock));
        Assert.False(KeyFile.Load(new LinuxDisk(), FilePath).Unlock(first));
        Assert.True(KeyFile.Load(new LinuxDisk(), FilePath).Unlock(second));

        await LockAsync(scene, null);
        await UntilAsync(() => file.Keys.Lock is null);
        Assert.Equal(KeyFileState.Open, KeyFile.Load(new LinuxDisk(), FilePath).State);
        Assert.Equal(1, renewals);
    }

    [Fact]
    public async Task S6_a_rotation_that_a_crash_has_left_is_taken_to_its_end()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        KeyFile file = NewFile(scene);
        NodeKeys left = file.Update(keys => keys with
        {
            DataKeys = (keys.DataKeys! with { NeedsRotation = true }).WithRotationBegun(),
        });
        scene.Run(Keys(scene, file, () => { }).RunAsync);
        await UntilAsync(() => file.Keys.DataKeys!.Pending is null);
        Assert.Equal(left.DataKeys!.Pending, file.Keys.DataKeys!.Current);
    }

    [Fact]
    public async Task T3_a_manager_whose_own_certificate_is_over_issues_itself_another()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        KeyFile file = NewFile(scene);
        NodeCertificate expired = AuthorityScene.Issue(
            scene.Authority, scene.Own.Certificate.Identity, AuthorityScene.Now.AddDays(-200));
        scene.Own.Replace(expired);
        Assert.Equal(TrustState.Expired, scene.Own.OwnVerdict.State);
        scene.Run(Keys(scene, file, () => { }).RunAsync);
        await UntilAsync(() => scene.Own.OwnVerdict.State == TrustState.Trusted);
        Assert.Equal(
            scene.Own.Certificate.ChainPem.ToArray(),
            KeyFile.Load(new LinuxDisk(), FilePath).Keys.Certificate.ChainPem.ToArray());
        await scene.JoinAsync(NodeRole.Worker);
    }

    private KeyFile NewFile(AuthorityScene scene)
    {
        KeyFile file = KeyFile.Load(new LinuxDisk(), FilePath);
        file.Create(new NodeKeys(
            scene.Own.Certificate, scene.Own.Trust, new DataKeys(scene.Swarm.DataKeyBytes, null, false), null, 0));
        return file;
    }

    private static ManagerKeys Keys(AuthorityScene scene, KeyFile file, Action renewNow) => new(
        file, scene.Own, scene.Manager.Driver, scene.Keeper, renewNow, TimeProvider.System, Log.None);

    private static Task LockAsync(AuthorityScene scene, UnlockKey? key) => scene.ChangeAsync(cluster => cluster with
    {
        Spec = cluster.Spec with { EncryptionConfig = new EncryptionConfig { AutoLockManagers = key is not null } },
        UnlockKeys = key is null
            ? []
            :
            [
                new EncryptionKey
                {
                    Subsystem = ClusterChanges.ManagerSubsystem, Key = Bytes.Owning(key.ToBytes()),
                },
            ],
    });

    private static async Task UntilAsync(Func<bool> isDone)
    {
        using var patience = new CancellationTokenSource(AuthorityScene.Patience);
        while (!isDone())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
