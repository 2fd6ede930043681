using Skep.Agent.Network.Encryption;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Network.Encryption;

public sealed class WireGuardKeyTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly LaterTime time = new();

    private string KeyFile => scratch["wireguard.key"];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_new_key_is_offered_first_and_used_when_managers_tell_of_it()
    {
        WireGuardKey key = NewKey();
        key.Make();
        byte[] first = key.Secret!;
        string known = key.Offered;
        key.Renew();
        Assert.NotEqual(known, key.Offered);
        Assert.Equal(first, key.Secret);

        Assert.False(key.Take(known)); // What managers knew before comes once more.
        Assert.Equal(first, key.Secret);
        Assert.True(key.Take(key.Offered));
        Assert.Equal(key.Offered, Convert.ToBase64String(Curve25519.PublicOf(key.Secret!)));
        Assert.False(key.Take(key.Offered));
    }

    [Fact]
    public void One_that_is_on_its_way_is_not_replaced_by_another()
    {
        WireGuardKey key = NewKey();
        key.Make();
        key.Renew();
        string offered = key.Offered;
        key.Renew();
        Assert.Equal(offered, key.Offered);
    }

    [Fact]
    public void One_that_another_node_has_is_replaced_and_used_when_managers_tell_of_it()
    {
        WireGuardKey key = NewKey();
        key.Make();
        byte[] first = key.Secret!;
        string refused = key.Offered;
        key.Replace(refused);
        string second = key.Offered;
        Assert.NotEqual(refused, second);
        key.Replace(refused); // An answer to an earlier offer.
        Assert.Equal(second, key.Offered);
        key.Replace(second);
        Assert.NotEqual(second, key.Offered);
        Assert.Equal(first, key.Secret);
        Assert.True(key.Take(key.Offered));
        Assert.NotEqual(first, key.Secret);
    }

    [Fact]
    public void A_daemon_that_dies_goes_on_with_the_key_that_was_in_use()
    {
        WireGuardKey key = NewKey();
        key.Make();
        string known = key.Offered;
        key.Renew();
        WireGuardKey later = NewKey();
        Assert.True(later.TryLoad());
        Assert.Equal(known, later.Offered);

        Assert.True(key.Take(key.Offered));
        Assert.True(later.TryLoad());
        Assert.Equal(key.Offered, later.Offered);
    }

    [Fact]
    public void Another_word_asks_for_another_key_once_and_over_restarts()
    {
        WireGuardKey key = NewKey();
        key.Make();
        string first = key.Offered;
        key.Heed("word of before the key was made");
        Assert.Equal(first, key.Offered);
        key.Heed("two");
        string second = key.Offered;
        Assert.NotEqual(first, second);
        Assert.True(key.Take(second));
        key.Heed("two");
        Assert.Equal(second, key.Offered);

        WireGuardKey later = NewKey();
        Assert.True(later.TryLoad());
        later.Heed("two");
        Assert.Equal(second, later.Offered);
        later.Heed("");
        Assert.Equal(second, later.Offered);
        later.Heed("three");
        Assert.NotEqual(second, later.Offered);
    }

    [Fact]
    public void A_word_that_was_not_answered_before_a_restart_is_answered_after_it()
    {
        WireGuardKey key = NewKey();
        key.Make();
        string first = key.Offered;
        key.Heed("");
        key.Heed("two");
        WireGuardKey later = NewKey();
        Assert.True(later.TryLoad());
        later.Heed("two");
        Assert.NotEqual(first, later.Offered);
    }

    [Fact]
    public void A_key_is_old_after_its_time()
    {
        WireGuardKey key = NewKey();
        Assert.False(key.IsOld);
        key.Make();
        Assert.False(key.IsOld);
        time.Later = EncryptionLimits.KeyLife + TimeSpan.FromMinutes(1);
        Assert.True(key.IsOld);
    }

    [Fact]
    public void Only_the_owner_reads_the_file_and_one_that_is_torn_is_none()
    {
        WireGuardKey key = NewKey();
        key.Make();
        key.Heed("a word of any length, which is not kept in the file but only a digest of it");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.True(NewKey().TryLoad());
        File.WriteAllText(KeyFile, File.ReadAllText(KeyFile)[..20]);
        Assert.False(NewKey().TryLoad());
    }

    private WireGuardKey NewKey() => new(KeyFile, time);

    /// <summary>The files' times are the machine's, so this one goes ahead of it.</summary>
    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Later;
    }
}
