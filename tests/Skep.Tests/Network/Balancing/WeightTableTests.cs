using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Balancing;

namespace Skep.Tests.Network.Balancing;

public class WeightTableTests
{
    [Theory]
    [InlineData("100x1 50x1", "100*2 50*1")]
    [InlineData("100x3 50x2", "100*3 50*1")]
    [InlineData("30x2 20x3", "30*1 20*1")]
    [InlineData("100x1 1x1", "100*100 1*1")]
    [InlineData("100x9 99x1", "100*100 99*11")]
    [InlineData("100x5000 1x1", "100*1023 1*1")]
    [InlineData("100x1000 50x1000 1x3", "100*682 50*341 1*1")]
    public void Weights_get_shares_in_the_smallest_whole_numbers_or_rounded(string targets, string expected)
    {
        List<int> shares = Shares.Of(
            [.. targets.Split(' ').Select(one => one.Split('x')).Select(one => (Number(one[0]), Number(one[1])))]);
        Assert.Equal(expected, string.Join(' ', shares.GroupBy(one => one).Select(one => $"{one.Key}*{one.Count()}")));
    }

    [Fact]
    public void However_many_weights_and_targets_there_are_the_shares_are_bounded_and_each_weight_has_one()
    {
        var random = new Random(3);
        for (int round = 0; round < 500; round++)
        {
            (int Weight, int Count)[] targets =
            [
                .. Enumerable.Range(1, 100).Where(_ => random.Next(4) == 0)
                    .Select(weight => (weight, random.Next(8) == 0 ? random.Next(1, 5000) : random.Next(1, 5))),
            ];
            if (targets.Length == 0)
            {
                continue;
            }

            List<int> shares = Shares.Of(targets);
            Assert.InRange(shares.Count, targets.Length, Shares.Max);
            Assert.Equal(targets.Select(one => one.Weight), shares.Distinct());
        }
    }

    [Fact]
    public void A_target_of_five_thousand_that_weigh_the_same_is_one_element()
    {
        var table = new WeightTable(AddressFamily.InterNetwork);
        table.Replace(Enumerable.Range(0, 5000).Select(number => Target(number, 60)));
        Assert.Equal(new Draw(AddressFamily.InterNetwork, 5000, 60), table.Entry);
        WeightChange change = table.Change([], [Target(5000, 60)]);
        Assert.Equal((1, 0), (change.Slots.Count, change.Shares.Count));
        change = table.Change([Target(17, 60)], []);
        Assert.Equal((2, 0), (change.Slots.Count, change.Shares.Count));

        // The first that weighs something else moves alone; all others stay where they are.
        change = table.Change([Target(18, 60)], [Target(18, 30)]);
        Assert.Equal(3, change.Slots.Count);
        Assert.InRange(change.Shares.Count, 2, Shares.Max);
        change = table.Change([Target(19, 60)], []);
        Assert.Equal(2, change.Slots.Count);
        Assert.InRange(change.Shares.Count, 0, Shares.Max);
    }

    [Fact]
    public void Targets_without_weight_are_drawn_when_there_are_no_others()
    {
        var table = new WeightTable(AddressFamily.InterNetwork);
        table.Replace([Target(1, 0), Target(2, 0)]);
        Assert.Equal(new Draw(AddressFamily.InterNetwork, 2, 0), table.Entry);
        table.Change([], [Target(3, 10)]);
        Assert.Equal((new Draw(AddressFamily.InterNetwork, 1, 10), 3), (table.Entry, table.Count));
        Assert.Empty(table.Shares);
        table.Change([Target(3, 10)], []);
        Assert.Equal(new Draw(AddressFamily.InterNetwork, 2, 0), table.Entry);
        table.Replace([]);
        Assert.Null(table.Entry);
    }

    [Fact]
    public void Who_weighs_something_else_is_not_withdrawn_and_every_draw_has_a_user()
    {
        var random = new Random(11);
        var balance = new Balance(keepsDeserted: true);
        var told = new HashSet<Draw>();
        BalanceKey[] keys = [.. Enumerable.Range(1, 4).Select(one => Key((byte)one))];
        var wanted = new Dictionary<BalanceKey, List<BalanceTarget>>();
        for (int round = 0; round < 1000; round++)
        {
            wanted = keys.Where(_ => random.Next(5) > 0).ToDictionary(
                key => key,
                key => Enumerable.Range(0, 6).Where(_ => random.Next(3) > 0)
                    .Select(number => Target(number, new[] { 0, 10, 50, 100 }[random.Next(4)])).ToList());
            Dictionary<BalanceKey, BalanceTarget[]> before =
                balance.Keys.ToDictionary(one => one.Key, one => one.Value.Targets.Select(t => t.Target).ToArray());
            BalanceStep step = balance.MoveTo(wanted);
            Assert.Empty(step.NewDraws.Intersect(told));
            told.UnionWith(step.NewDraws);
            Assert.Empty(step.LostDraws.Except(told));
            told.ExceptWith(step.LostDraws);
            Assert.Equal(
                told.Order(Comparer), balance.Keys.Values.SelectMany(one => one.Draws).Distinct().Order(Comparer));
            foreach (BalanceChange change in step.Changes)
            {
                IPAddress[] now = [.. wanted.GetValueOrDefault(change.Key, []).Select(one => one.Address)];
                IPAddress[] was = [.. before.GetValueOrDefault(change.Key, []).Select(one => one.Address)];
                Assert.Equal(
                    was.Except(now).Select(Text).Order(),
                    change.Withdrawn.Select(one => one.Address).Select(Text).Order());
            }
        }
    }

    private static readonly Comparer<Draw> Comparer =
        Comparer<Draw>.Create((one, other) => string.CompareOrdinal(one.ToString(), other.ToString()));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(IPAddress address) => address.ToString();

    private static BalanceKey Key(byte last) => BalanceKey.OfAddress(new("n"), new IPAddress([10, 0, 1, last]));

    private static BalanceTarget Target(int number, int weight) =>
        new(new IPAddress([10, 1, (byte)(number / 256), (byte)number]), 0, weight);
}
