using Skep.Swarm.Store;

namespace Skep.Tests.Store;

public class OrderedMapTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 500)]
    [InlineData(3, 3_000)]
    public void Every_version_stays_as_it_was_while_later_ones_are_written(int seed, int keyCount)
    {
        var random = new Random(seed);
        OrderedMap<TextKey, int> map = default;
        var model = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var versions = new List<(OrderedMap<TextKey, int> Map, KeyValuePair<string, int>[] Content)>();
        for (int round = 0; round < 60; round++)
        {
            var owner = new object();
            // Rounds that mostly add alternate with rounds that mostly take away, down to nothing.
            bool isGrowing = round % 20 < 10;
            for (int step = 0; step < keyCount / 4; step++)
            {
                string key = random.Next(keyCount).ToString("x");
                if (random.Next(10) < (isGrowing ? 8 : 1))
                {
                    map = map.With(new(key), step, owner);
                    model[key] = step;
                }
                else
                {
                    map = map.Without(new(key), owner);
                    model.Remove(key);
                }
            }
            versions.Add((map, [.. model]));
        }
        foreach ((OrderedMap<TextKey, int> version, KeyValuePair<string, int>[] content) in versions)
        {
            Assert.Equal(content.Length, version.Count);
            Assert.Equal(content, Walk(version.All()));
            string from = random.Next(keyCount).ToString("x");
            Assert.Equal(
                content.Where(entry => string.CompareOrdinal(entry.Key, from) >= 0),
                Walk(version.From(new(from))));
            Assert.All(content, entry => Assert.True(version.TryGet(new(entry.Key), out int v) && v == entry.Value));
            Assert.False(version.Contains(new("none")));
        }
    }

    [Fact]
    public void An_emptied_map_walks_over_nothing()
    {
        var owner = new object();
        OrderedMap<TextKey, int> map = default;
        for (int number = 0; number < 1_000; number++)
        {
            map = map.With(new($"{number:d4}"), number, owner);
        }
        for (int number = 999; number >= 0; number--)
        {
            map = map.Without(new($"{number:d4}"), owner);
        }
        Assert.Equal(0, map.Count);
        Assert.Empty(Walk(map.All()));
        Assert.Empty(Walk(map.From(new("0500"))));
    }

    private static List<KeyValuePair<string, int>> Walk(OrderedMap<TextKey, int>.Cursor cursor)
    {
        var all = new List<KeyValuePair<string, int>>();
        while (cursor.MoveNext())
        {
            all.Add(new(cursor.Key.Text, cursor.Value));
        }
        return all;
    }
}
