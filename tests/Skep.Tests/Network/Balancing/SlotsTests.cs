using System.Collections.Immutable;
using System.Net;
using Skep.Agent.Network.Balancing;

namespace Skep.Tests.Network.Balancing;

public class SlotsTests
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
        Assert.Equal(expected, Text(Slots.Fill([.. Targets(old)], Targets(wanted))));

    [Fact]
    public void However_targets_come_and_go_each_has_one_number_and_few_move()
    {
        var random = new Random(7);
        ImmutableArray<BalanceTarget> slots = [];
        for (int round = 0; round < 2000; round++)
        {
            BalanceTarget[] wanted =
            [
                .. Targets("abcdefghijklmnop")
                    .Where(t => slots.Contains(t) ? random.Next(8) > 0 : random.Next(8) == 0),
            ];
            ImmutableArray<BalanceTarget> next = Slots.Fill(slots, wanted);
            Assert.Equal(Sorted(wanted), Sorted(next));
            int gone = slots.Except(wanted).Count(), come = wanted.Except(slots).Count();
            int changed = next.Where((target, i) => i >= slots.Length || slots[i] != target).Count();
            Assert.InRange(changed, 0, Math.Max(gone, come));
            slots = next;
        }
    }

    [Fact]
    public void A_step_tells_what_changed_and_which_numbers_of_targets_are_new_or_gone()
    {
        BalanceKey first = Key(1), second = Key(2);
        var balance = new Balance();
        balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>>
        {
            [first] = Targets("ab"), [second] = Targets("cd"),
        });
        BalanceStep step = balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>>
        {
            [first] = Targets("abe"), [second] = Targets("cd"),
        });
        Assert.Equal("ab>abe", string.Join(' ', step.Changes.Select(c => $"{Text(c.Old)}>{Text(c.New)}")));
        Assert.Equal([3], step.NewCounts.Select(c => c.Count));
        Assert.Empty(step.LostCounts);

        step = balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>> { [first] = [] });
        Assert.Equal(2, step.Changes.Count);
        Assert.Equal(["cd", "abe"], step.Changes.Select(c => Text([.. c.Withdrawn])));
        Assert.Equal([2, 3], step.LostCounts.Select(c => c.Count).Order());
        Assert.Empty(balance.MoveTo(new Dictionary<BalanceKey, List<BalanceTarget>> { [first] = [] }).Changes);
    }

    private static BalanceKey Key(byte last) => BalanceKey.OfAddress(new("n"), new IPAddress([10, 0, 1, last]));

    private static List<BalanceTarget> Targets(string letters) =>
        [.. letters.Select(letter => new BalanceTarget(new IPAddress([10, 0, 0, (byte)letter]), 0))];

    private static IEnumerable<char> Sorted(IEnumerable<BalanceTarget> targets) => Text(targets).Order();

    private static string Text(IEnumerable<BalanceTarget> targets) =>
        string.Concat(targets.Select(target => (char)target.Address.GetAddressBytes()[3]));
}
