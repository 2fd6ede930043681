using System.Security.Cryptography.X509Certificates;
using System.Text;
using Skep.Linux.Files;
using Skep.Transport.Identity;
using static Skep.Tests.Identity.IdentityScene;

namespace Skep.Tests.Identity;

public sealed class KeyFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("skep-keys-").FullName;
    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now);
    private readonly IDisk disk = new LinuxDisk();

    private string FilePath => Path.Combine(folder, "node.keys");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_file_that_is_not_there_is_missing()
    {
        Assert.Equal(KeyFileState.Missing, KeyFile.Load(disk, FilePath).State);
    }

    [Fact]
    public void Keys_come_back_as_they_were_written_and_only_the_owner_may_read_them()
    {
        NodeKeys first = NewKeys(null);
        KeyFile.Load(disk, FilePath).Create(first);
        KeyFile again = KeyFile.Load(disk, FilePath);
        Assert.Equal(KeyFileState.Open, again.State);
        AssertSame(first, again.Keys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_workers_file_has_no_data_keys()
    {
        KeyFile.Load(disk, FilePath).Create(NewKeys(null) with { DataKeys = null });
        Assert.Null(KeyFile.Load(disk, FilePath).Keys.DataKeys);
    }

    [Fact]
    public void A8_a_locked_file_holds_no_key_in_the_clear()
    {
        NodeKeys keys = NewKeys(UnlockKey.New());
        KeyFile.Load(disk, FilePath).Create(keys);
        byte[] content = File.ReadAllBytes(FilePath);
        byte[] tlsKey = keys.Certificate.ExportKey();
        using (System.Security.Cryptography.ECDsa key = keys.Certificate.Leaf.GetECDsaPrivateKey()!)
        {
            AssertAbsent(content, key.ExportParameters(true).D!);
        }

        AssertAbsent(content, tlsKey);
        AssertAbsent(content, keys.DataKeys!.Current);
        AssertAbsent(content, keys.Lock!.ToBytes());
        Assert.DoesNotContain(keys.Lock.Text[9..], Encoding.ASCII.GetString(content), StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath + ".new"));
    }

    [Fact]
    public void A8_a_wrong_key_a_thousand_times_opens_nothing_and_the_right_one_still_does()
    {
        NodeKeys keys = NewKeys(UnlockKey.New());
        KeyFile.Load(disk, FilePath).Create(keys);
        byte[] before = File.ReadAllBytes(FilePath);
        KeyFile file = KeyFile.Load(disk, FilePath);
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(file.Unlock(UnlockKey.New()));
        }

        Assert.Equal(KeyFileState.Locked, file.State);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
        Assert.True(file.Unlock(keys.Lock!));
        AssertSame(keys, file.Keys);
    }

    [Fact]
    public void A8_locking_marks_the_data_key_and_changes_both_keys_in_one_write()
    {
        KeyFile file = KeyFile.Load(disk, FilePath);
        file.Create(NewKeys(null) with { LockVersion = 5 });
        var key = UnlockKey.New();
        NodeKeys locked = file.Update(keys => keys.WithLock(key, 6));
        Assert.True(locked.DataKeys!.NeedsRotation);
        KeyFile again = KeyFile.Load(disk, FilePath);
        Assert.Equal(KeyFileState.Locked, again.State);
        Assert.True(again.Unlock(key));
        AssertSame(locked, again.Keys);
        Assert.Equal(6UL, again.Keys.LockVersion);
    }

    [Fact]
    public void A8_a_manager_that_was_down_opens_with_the_old_key_once_and_then_takes_the_new()
    {
        (UnlockKey old, UnlockKey next) = (UnlockKey.New(), UnlockKey.New());
        KeyFile.Load(disk, FilePath).Create(NewKeys(old) with { LockVersion = 5 });
        KeyFile back = KeyFile.Load(disk, FilePath);
        Assert.False(back.Unlock(next));
        Assert.True(back.Unlock(old));
        NodeKeys moved = back.Update(keys => keys.WithLock(next, 9));
        Assert.False(moved.DataKeys!.NeedsRotation);

        KeyFile again = KeyFile.Load(disk, FilePath);
        Assert.False(again.Unlock(old));
        Assert.True(again.Unlock(next));
        NodeKeys open = again.Update(keys => keys.WithLock(null, 10));
        Assert.Null(open.Lock);
        Assert.Equal(KeyFileState.Open, KeyFile.Load(disk, FilePath).State);
    }

    [Fact]
    public void An_older_cluster_object_never_brings_an_older_lock_back()
    {
        NodeKeys keys = NewKeys(UnlockKey.New()) with { LockVersion = 9 };
        Assert.Same(keys, keys.WithLock(null, 9));
        Assert.Same(keys, keys.WithLock(UnlockKey.New(), 8));
        Assert.Same(keys, keys.WithLock(UnlockKey.FromBytes(keys.Lock!.ToBytes()), 10));
    }

    [Fact]
    public void A_promoted_node_gets_data_keys_and_the_lock_and_a_demoted_one_loses_both()
    {
        var lockKey = UnlockKey.New();
        var worker = new NodeKeys(authority.Issue(WorkerNamed("n")), authority.Trust, null, null, 0);
        Assert.Same(worker, worker.WithLock(lockKey, 7));

        NodeKeys manager = worker.WithIssued(
            new IssuedIdentity(authority.Issue(ManagerNamed("n")), authority.Trust, lockKey, 7));
        Assert.Equal((lockKey, 7UL), (manager.Lock, manager.LockVersion));
        Assert.False(manager.DataKeys!.NeedsRotation);

        NodeKeys renewed = manager.WithIssued(
            new IssuedIdentity(authority.Issue(ManagerNamed("n")), authority.Trust, UnlockKey.New(), 6));
        Assert.Equal((lockKey, manager.DataKeys), (renewed.Lock, renewed.DataKeys));

        NodeKeys demoted = renewed.WithIssued(
            new IssuedIdentity(authority.Issue(WorkerNamed("n")), authority.Trust, null, 0));
        Assert.Equal((null, null, 0UL), (demoted.Lock, demoted.DataKeys, demoted.LockVersion));
    }

    [Fact]
    public void S6_a_data_key_is_rotated_in_steps_that_each_survive_a_crash()
    {
        KeyFile file = KeyFile.Load(disk, FilePath);
        file.Create(NewKeys(null));
        byte[] first = file.Keys.DataKeys!.Current;
        file.Update(keys => keys with { DataKeys = keys.DataKeys! with { NeedsRotation = true } });
        Assert.True(Reloaded().NeedsRotation);

        file.Update(keys => keys with { DataKeys = keys.DataKeys!.WithRotationBegun() });
        byte[] second = Reloaded().Pending!;
        Assert.Equal(first, Reloaded().Current);
        Assert.False(Reloaded().NeedsRotation);

        // Asked for again meanwhile: it waits for the one under way.
        file.Update(keys => keys with { DataKeys = keys.DataKeys! with { NeedsRotation = true } });
        file.Update(keys => keys with { DataKeys = keys.DataKeys!.WithRotationBegun() });
        Assert.Equal(second, Reloaded().Pending);

        file.Update(keys => keys with { DataKeys = keys.DataKeys!.WithRotationDone() });
        DataKeys done = Reloaded();
        Assert.Equal(second, done.Current);
        Assert.Null(done.Pending);
        Assert.True(done.NeedsRotation);
    }

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        KeyFile.Load(disk, FilePath).Create(NewKeys(null));
        byte[] good = File.ReadAllBytes(FilePath);
        for (int at = 0; at < good.Length; at += 7)
        {
            byte[] bad = [.. good];
            bad[at] ^= 2;
            File.WriteAllBytes(FilePath, bad);
            Assert.Throws<BadKeyFileException>(() => KeyFile.Load(disk, FilePath));
        }

        for (int length = 0; length < good.Length; length += 101)
        {
            File.WriteAllBytes(FilePath, good[..length]);
            Assert.Throws<BadKeyFileException>(() => KeyFile.Load(disk, FilePath));
        }
    }

    [Fact]
    public void The_roots_of_a_locked_manager_cannot_be_exchanged()
    {
        NodeKeys keys = NewKeys(UnlockKey.New());
        KeyFile.Load(disk, FilePath).Create(keys);
        string ours = File.ReadAllText(FilePath);
        File.Delete(FilePath);
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        KeyFile.Load(disk, FilePath).Create(keys with { Trust = other.Trust });
        string theirs = File.ReadAllText(FilePath);
        const string roots = "-----BEGIN SKEP SWARM ROOTS";
        int at = ours.IndexOf(roots, StringComparison.Ordinal);
        int their = theirs.IndexOf(roots, StringComparison.Ordinal);
        File.WriteAllText(FilePath, ours[..at] + theirs[their..]);
        Assert.False(KeyFile.Load(disk, FilePath).Unlock(keys.Lock!));
        File.WriteAllText(FilePath, ours);
        Assert.True(KeyFile.Load(disk, FilePath).Unlock(keys.Lock!));
    }

    [Fact]
    public void A_deleted_file_is_missing()
    {
        KeyFile file = KeyFile.Load(disk, FilePath);
        file.Create(NewKeys(null));
        file.Delete();
        Assert.Equal(KeyFileState.Missing, file.State);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Secrets_do_not_print_themselves()
    {
        NodeKeys keys = NewKeys(UnlockKey.New());
        Assert.Equal(("node keys", "data keys"), (keys.ToString(), keys.DataKeys!.ToString()));
    }

    private DataKeys Reloaded() => KeyFile.Load(disk, FilePath).Keys.DataKeys!;

    private NodeKeys NewKeys(UnlockKey? key) =>
        new(authority.Issue(ManagerNamed()), authority.Trust, DataKeys.New(), key, 1);

    private static void AssertSame(NodeKeys expected, NodeKeys actual)
    {
        Assert.Equal(expected.Certificate.ChainPem.ToArray(), actual.Certificate.ChainPem.ToArray());
        Assert.Equal(expected.Certificate.ExportKey(), actual.Certificate.ExportKey());
        Assert.Equal(expected.Trust.Bundle.ToArray(), actual.Trust.Bundle.ToArray());
        Assert.Equal(expected.DataKeys!.Current, actual.DataKeys!.Current);
        Assert.Equal(expected.DataKeys.NeedsRotation, actual.DataKeys.NeedsRotation);
        Assert.Equal(expected.Lock, actual.Lock);
        Assert.Equal(expected.LockVersion, actual.LockVersion);
    }

    private static void AssertAbsent(byte[] content, byte[] secret)
    {
        Assert.True(content.AsSpan().IndexOf(secret) < 0);
        string text = Convert.ToBase64String(secret);
        Assert.DoesNotContain(text[..(text.Length - 4)], Encoding.ASCII.GetString(content), StringComparison.Ordinal);
    }
}
