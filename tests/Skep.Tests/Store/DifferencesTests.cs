using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Store;

public class DifferencesTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 500)]
    [InlineData(3, 4_000)]
    public void Any_two_versions_differ_in_exactly_what_a_full_comparison_finds(int seed, int keyCount)
    {
        var random = new Random(seed);
        OrderedMap<TextKey, object> map = default;
        var versions = new List<(OrderedMap<TextKey, object> Map, Dictionary<string, object> Content)> { (map, []) };
        for (int round = 0; round < 24; round++)
        {
            var owner = new object();
            var content = new Dictionary<string, object>(versions[^1].Content);
            // From a handful of writes to a rewrite of everything, growing and shrinking in turns.
            int writes = 1 << random.Next(12);
            for (int step = 0; step < writes; step++)
            {
                string key = random.Next(keyCount).ToString("x");
                if (random.Next(10) < (round % 8 < 4 ? 8 : 2))
                {
                    content[key] = new object();
                    map = map.With(new(key), content[key], owner);
                }
                else
                {
                    map = map.Without(new(key), owner);
                    content.Remove(key);
                }
            }
            versions.Add((map, content));
        }
        for (int trial = 0; trial < 60; trial++)
        {
            var (before, old) = versions[random.Next(versions.Count)];
            var (after, young) = versions[random.Next(versions.Count)];
            var found = new List<(object? Before, object? After)>();
            before.Differences(after, found);
            IEnumerable<(object?, object?)> expected = old.Keys.Union(young.Keys)
                .Order(StringComparer.Ordinal)
                .Select(key => ((object?)old.GetValueOrDefault(key), (object?)young.GetValueOrDefault(key)))
                .Where(pair => !ReferenceEquals(pair.Item1, pair.Item2));
            Assert.Equal(expected, found.Select(pair => (pair.Before, pair.After)));
        }
    }

    [Fact]
    public void A_snapshot_tells_what_was_created_changed_and_removed_since_another()
    {
        StoreSnapshot before = Stores.With(Stores.Worker("a"), Stores.Worker("b"), Stores.Worker("c"));
        StoreSnapshot after = before.Change(store =>
        {
            store.Delete(store.Nodes.Get(new("a"))!);
            store.Update(store.Nodes.Get(new("b"))! with { Status = new() { State = NodeState.Down } });
            store.Create(Stores.Worker("d"));
        });

        Assert.Equal(
            ["a:Ready->", "b:Ready->Down", "d:->Ready"],
            after.NodesSince(before).Select(one =>
                $"{(one.Before ?? one.After)!.Id}:{one.Before?.Status.State}->{one.After?.Status.State}"));
        Assert.Empty(after.TasksSince(before));
        Assert.Empty(after.NodesSince(after));
    }
}
