using Skep.Engine.Endpoints;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Engine;

public class ObjectLookupTests
{
    private static readonly StoreSnapshot store = StoreSnapshot.Of(
        1,
        [
            SecretOf("abc1", "first"), SecretOf("abc2", "Second"), SecretOf("xyz3", "abc1"), SecretOf("d4", "other"),
        ]);

    [Theory]
    [InlineData("abc1", "abc1")] // The id, though another secret has that name.
    [InlineData("first", "abc1")]
    [InlineData("second", "abc2")]
    [InlineData("xy", "xyz3")]
    public async Task A_secret_is_meant_by_its_id_then_its_name_then_the_begin_of_its_id(string wanted, string id) =>
        Assert.Equal(id, (await FindAsync(wanted)).RawId);

    [Theory]
    [InlineData("nosuch", ErrorKind.NotFound, "secret nosuch not found")]
    [InlineData("abc", ErrorKind.Invalid, "secret abc is ambiguous (2 matches found)")]
    public async Task What_is_not_one_secret_is_refused(string wanted, ErrorKind kind, string message)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => FindAsync(wanted));
        Assert.Equal((kind, message), (refused.Kind, refused.Message));
    }

    [Fact]
    public async Task A_swarm_without_a_leader_is_asked_once()
    {
        int count = 0;
        var refused = await Assert.ThrowsAsync<RefusedException>(() => ObjectLookup.FindAsync<Secret>(
            "secret",
            "x",
            () => throw new RefusedException(ErrorKind.Failed, "no leader"),
            _ =>
            {
                count++;
                return Task.FromResult<IReadOnlyList<Secret>>([]);
            }));
        Assert.Equal(("no leader", 0), (refused.Message, count));
    }

    private static Task<Secret> FindAsync(string wanted) => ObjectLookup.FindAsync(
        "secret",
        wanted,
        () => Task.FromResult(store.Secrets.All.FirstOrDefault(secret => secret.RawId == wanted)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"secret {wanted} not found")),
        query => Task.FromResult<IReadOnlyList<Secret>>([.. query.AnyOf(store.Secrets)]));

    private static Secret SecretOf(string id, string name) => new()
    {
        Id = new SecretId(id),
        Spec = new SecretSpec { Annotations = new Annotations { Name = name } },
    };
}
