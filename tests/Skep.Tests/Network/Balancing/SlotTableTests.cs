using System.Net;
using Skep.Agent.Network.Balancing;
using Skep.Swarm.Networking;

namespace Skep.Tests.Network.Balancing;

public class SlotTableTests
{
    [Theory]
    [InlineData("", "abc", "abc")]
    [InlineData("abc", "abc", "abc")]
    [InlineData("abc", "cab", "abc")]
    [InlineData("abcd", "acd", "adc")]
    [InlineData("abcd", "bcd", "dbc")]
    [InlineData("abcd", "abc", "abc")]
    [InlineData("abcd", "acdx", "axcd")]
    [InlineData("abcdef", "af", "af")]
    [InlineData("abcdef", "cx", "xc")]
    [InlineData("abc", "", "")]
    [InlineData("abc", "abcde", "abcde")]
    public void Who_comes_fills_gaps_and_the_last_ones_fill_what_is_left(string old, string wanted, string expected) =>
        Assert.Equal(expected, Text(Moved(Table(old), wanted).Targets));

    [Fact]
    public void However_targets_come_and_go_each_has_one_number_and_few_move()
    {
        var random = new Random(7);
        var table = new SlotTable();
        for (int round = 0; round < 2000; round++)
        {
            BalanceTarget[] before = [.. table.Targets];
            BalanceTarget[] wanted =
            [
                .. Targets("abcdefghijklmnop")
                    .Where(t => before.Contains(t) ? random.Next(8) > 0 : random.Next(8) == 0),
            ];
            BalanceTarget[] going = [.. before.Except(wanted)], coming = [.. wanted.Except(before)];
            IReadOnlyList<SlotChange> changes =
                round % 2 == 0 ? table.Change(going, coming) : table.Replace(wanted);
            Assert.Equal(Sorted(wanted), Sorted(table.Targets));
            Assert.InRange(changes.Count(change => change.New is not null), 0, Math.Max(going.Length, coming.Length));

            // Told to somebody who has what was there, the changes give what is there.
            BalanceTarget?[] told = [.. before.Select(t => (BalanceTarget?)t), .. new BalanceTarget?[coming.Length]];
            foreach (SlotChange change in changes)
            {
                Assert.Equal(told[change.Slot], change.Old);
                told[change.Slot] = change.New;
            }

            Assert.Equal(table.Targets, told.OfType<BalanceTarget>());
            Assert.All(told.Skip(table.Targets.Count), left => Assert.Null(left));
        }
    }

    [Fact]
    public void A_target_that_two_have_stays_until_both_have_gone()
    {
        SlotTable table = Table("ab");
        Assert.Empty(table.Change([], Targets("a")));
        Assert.Empty(table.Change(Targets("a"), []));
        Assert.Empty(table.Change(Targets("a"), Targets("a")));
        Assert.Equal("b", Text(Moved(table, "b").Targets));
        Assert.Empty(table.Change(Targets("x"), []));
    }

    [Fact]
    public void A_step_tells_what_changed_and_which_numbers_of_targets_are_new_or_gone()
    {
        BalanceKey first = Key(1), second = Key(2);
        var balance = new Balance(keepsDeserted: true);
        balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>>
        {
            [first] = Targets("ab"), [second] = Targets("cd"),
        });
        BalanceStep step = balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>>
        {
            [first] = Targets("abe"), [second] = Targets("cd"),
        });
        Assert.Equal(["2>3 2:e"], step.Changes.Select(Text));
        Assert.Equal([3], step.NewDraws.Select(c => c.Count));
        Assert.Empty(step.LostDraws);

        step = balance.Move(new Dictionary<BalanceKey, BalanceMove>
        {
            [second] = new(Targets("c"), Targets("x")), [first] = new(Targets("a"), []),
        });
        Assert.Equal(["2>2 0:x", "3>2 0:e 2:"], step.Changes.Select(Text));
        Assert.Equal([3], step.LostDraws.Select(c => c.Count));
        Assert.Empty(step.NewDraws);

        step = balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>> { [first] = [] });
        Assert.Equal([("xd", (int?)null), ("eb", 0)], step.Changes.Select(c => (Text(c.Withdrawn), c.After)));
        Assert.Equal([2], step.LostDraws.Select(c => c.Count));
        Assert.Empty(balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>> { [first] = [] }).Changes);
    }

    private static SlotTable Table(string letters) => Moved(new SlotTable(), letters);

    private static SlotTable Moved(SlotTable table, string wanted)
    {
        table.Replace(Targets(wanted));
        return table;
    }

    private static string Text(BalanceChange change) => string.Join(
        ' ',
        change.Targets.Slots.Select(s => $"{s.Slot}:{(s.New is { } target ? Text([target]) : "")}")
            .Prepend($"{change.Before}>{change.After}"));

    private static BalanceKey Key(byte last) => BalanceKey.OfAddress(new("n"), new IPAddress([10, 0, 1, last]));

    private static List<BalanceTarget> Targets(string letters) =>
        [.. letters.Select(letter => new BalanceTarget(new IPAddress([10, 0, 0, (byte)letter]), 0, TaskWeight.Full))];

    private static IEnumerable<char> Sorted(IEnumerable<BalanceTarget> targets) => Text(targets).Order();

    private static string Text(IEnumerable<BalanceTarget> targets) =>
        string.Concat(targets.Select(target => (char)target.Address.GetAddressBytes()[3]));
}
