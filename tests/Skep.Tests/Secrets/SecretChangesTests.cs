using Skep.Swarm;
using Skep.Swarm.Configs;
using Skep.Swarm.Objects;
using Skep.Swarm.Secrets;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Secrets;

public class SecretChangesTests
{
    [Fact]
    public void A_second_secret_of_the_name_is_refused_in_dockers_words()
    {
        StoreSnapshot store = Stores.With().Change(change => SecretChanges.Create(change, Spec("db"), Stores.Ids()));
        RefusedException refusal = Refused(store, change => SecretChanges.Create(change, Spec("DB"), Stores.Ids()));
        Assert.Equal("rpc error: code = AlreadyExists desc = secret DB already exists", refusal.Message);
        Assert.Equal(ErrorKind.Conflict, refusal.Kind);
        Assert.Equal((SwarmCode.AlreadyExists, "secret DB already exists"), SwarmRefusal.Parts(refusal));
    }

    [Theory]
    [InlineData("", "name must be provided")]
    [InlineData("-a", "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end")]
    [InlineData("a\n", "invalid name")]
    [InlineData("a b", "invalid name")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "invalid name")]
    public void Odd_names_are_refused(string name, string words)
    {
        Assert.Contains(
            words, Refused(Stores.With(), change => SecretChanges.Create(change, Spec(name), Stores.Ids())).Message);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData((500 * 1024) - 1, true)]
    [InlineData(500 * 1024, false)]
    public void A_secret_holds_1_to_511999_bytes(int size, bool isTaken)
    {
        SecretSpec spec = Spec("a") with { Data = Bytes.Owning(new byte[size]) };
        if (isTaken)
        {
            Assert.Single(Stores.With().Change(change => SecretChanges.Create(change, spec, Stores.Ids())).Secrets.All);
            return;
        }
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = secret data must be larger than 0 and less than 512000 bytes",
            Refused(Stores.With(), change => SecretChanges.Create(change, spec, Stores.Ids())).Message);
    }

    [Fact]
    public void A_secret_of_a_driver_is_refused_because_there_are_none()
    {
        SecretSpec spec = Spec("a") with { Driver = new() { Name = "vault" } };
        Assert.Equal(
            "rpc error: code = Unknown desc = plugin \"vault\" not found",
            Refused(Stores.With(), change => SecretChanges.Create(change, spec, Stores.Ids())).Message);
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = secret driver must have a name",
            Refused(Stores.With(), change => SecretChanges.Create(
                change, spec with { Driver = new() }, Stores.Ids())).Message);
    }

    [Fact]
    public void A_value_is_kept_but_neither_shown_nor_changed()
    {
        Secret? shown = null;
        StoreSnapshot store = Stores.With().Change(
            change => shown = SecretChanges.Create(change, Spec("db"), Stores.Ids()));
        Assert.True(shown!.Spec.Data.IsEmpty);
        Assert.True(SecretChanges.Get(store, shown.Id).Spec.Data.IsEmpty);
        Assert.True(SecretChanges.List(store, ObjectQuery.All)[0].Spec.Data.IsEmpty);
        Assert.Equal("value", store.Secrets.Get(shown.Id)!.Spec.Data.ToUtf8());
        Assert.DoesNotContain("value", store.Secrets.Get(shown.Id)!.ToString());
        SecretSpec labelled = Spec("db") with
        {
            Annotations = new() { Name = "db", Labels = ValueMap.Of(("a", "b")) },
            Data = Bytes.Empty,
        };
        store = store.Change(change => SecretChanges.Update(change, shown.Id, shown.Meta.Version, labelled));
        Secret stored = store.Secrets.Get(shown.Id)!;
        Assert.Equal("b", stored.Spec.Annotations.Labels["a"]);
        Assert.Equal("value", stored.Spec.Data.ToUtf8());
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = only updates to Labels are allowed",
            Refused(store, change => SecretChanges.Update(
                change, shown.Id, stored.Meta.Version, labelled with { Data = Bytes.Utf8("other") })).Message);
    }

    [Fact]
    public void What_a_service_uses_is_not_removed()
    {
        var secret = new Secret { Id = new("x1"), Spec = Spec("db") };
        var config = new Config { Id = new("c1"), Spec = new() { Annotations = new() { Name = "conf" } } };
        StoreSnapshot store = Stores.With(secret, config, User("web", secret, config), User("api", secret, config));
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = secret 'db' is in use by the following services: api, web",
            Refused(store, change => SecretChanges.Remove(change, secret.Id)).Message);
        store = store.Change(change => change.Delete(change.Services.Named("web")!));
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = config 'conf' is in use by the following service: api",
            Refused(store, change => ConfigChanges.Remove(change, config.Id)).Message);
        store = store.Change(change => change.Delete(change.Services.Named("api")!));
        store = store.Change(change => SecretChanges.Remove(change, secret.Id));
        Assert.Empty(store.Secrets.All);
        Assert.Equal(
            "rpc error: code = NotFound desc = could not find secret x1",
            Refused(store, change => SecretChanges.Remove(change, secret.Id)).Message);
    }

    [Fact]
    public void Lists_take_names_prefixes_and_labels_and_leave_internal_ones_out()
    {
        Secret Named(string id, string name, string label, bool isInternal = false) => new()
        {
            Id = new(id),
            Internal = isInternal,
            Spec = new() { Annotations = new() { Name = name, Labels = ValueMap.Of((label, "1")) } },
        };
        StoreSnapshot store = Stores.With(
            Named("x1", "alpha", "a"),
            Named("x2", "beta", "b"),
            Named("y3", "alps", "a"),
            Named("z", "hid", "a", true));
        string List(ObjectQuery query) => string.Join(" ", SecretChanges.List(store, query).Select(one => one.Id));
        Assert.Equal("x1 x2 y3", List(ObjectQuery.All));
        Assert.Equal("x1 y3", List(new() { NamePrefixes = ["AL"] }));
        Assert.Equal("x1 x2 y3", List(new() { NamePrefixes = ["al"], IdPrefixes = ["x"] }));
        Assert.Equal("x2", List(new() { Names = ["beta", "none"] }));
        Assert.Equal("x1 y3", List(new() { Labels = ValueMap.Of(("a", "")) }));
        Assert.Equal("", List(new() { Labels = ValueMap.Of(("a", "2")) }));
    }

    private static SecretSpec Spec(string name) =>
        new() { Annotations = new() { Name = name }, Data = Bytes.Utf8("value") };

    private static Service User(string name, Secret secret, Config config) => new()
    {
        Id = new($"id-{name}"),
        Spec = new()
        {
            Annotations = new() { Name = name },
            Task = new()
            {
                Runtime = new ContainerSpec
                {
                    Secrets =
                    [
                        new SecretReference { SecretId = secret.Id },
                        new SecretReference { SecretId = secret.Id },
                    ],
                    Configs = [new ConfigReference { ConfigId = config.Id }],
                },
            },
        },
    };

    private static RefusedException Refused(StoreSnapshot store, Action<Transaction> change) =>
        Assert.Throws<RefusedException>(() => store.Change(change));
}
