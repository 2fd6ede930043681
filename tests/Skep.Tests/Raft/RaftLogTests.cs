using Skep.Raft;

namespace Skep.Tests.Raft;

public sealed class RaftLogTests
{
    [Fact]
    public void A_log_behaves_as_a_plain_list_does()
    {
        var random = new Random(11);
        for (int round = 0; round < 100; round++)
        {
            var log = new RaftLog(null, [], 0, 0);
            List<ulong> plain = [0];
            ulong term = 1;
            for (int step = 0; step < 200; step++)
            {
                term += random.Next(10) == 0 ? 1UL : 0UL;
                switch (random.Next(4))
                {
                    case 0:
                        ulong from = log.Commit + (ulong)random.Next((int)(log.LastIndex - log.Commit) + 1);
                        ulong[] terms = [.. Enumerable.Repeat(term, random.Next(5))];
                        Assert.True(log.TryAppend(
                            from, plain[(int)from], CoreLab.Entries(from + 1, terms), truncateAlways: false));
                        MirrorAppend(plain, (int)from + 1, terms);
                        break;
                    case 1:
                        log.Append(new Entry(term, log.LastIndex + 1, EntryKind.Normal, default));
                        plain.Add(term);
                        break;
                    case 2:
                        log.CommitTo(log.Commit + (ulong)random.Next((int)(log.LastIndex - log.Commit) + 1));
                        log.AppliedTo(log.Commit);
                        break;
                    default:
                        log.Compact(log.Applied - Math.Min(log.Applied, (ulong)random.Next(30)));
                        break;
                }

                Same(plain, log);
            }
        }
    }

    [Theory]
    [InlineData(9, 5, 9, 5)]
    [InlineData(6, 2, 1, 1)]
    [InlineData(8, 4, 4, 3)]
    [InlineData(12, 4, 12, 0)]
    [InlineData(3, 0, 0, 0)]
    public void The_place_where_two_logs_may_meet_is_guessed_by_term(
        ulong index, ulong term, ulong guess, ulong guessTerm)
    {
        var log = new RaftLog(null, CoreLab.Entries(1, [1, 3, 3, 3, 5, 5, 5, 5, 5]), 0, 0);
        Assert.Equal((guess, guessTerm), log.GuessMatch(index, term));
    }

    private static void MirrorAppend(List<ulong> plain, int first, ulong[] terms)
    {
        for (int offset = 0; offset < terms.Length; offset++)
        {
            if (first + offset < plain.Count && plain[first + offset] == terms[offset])
            {
                continue;
            }

            plain.RemoveRange(first + offset, plain.Count - first - offset);
            plain.AddRange(terms[offset..]);
            return;
        }
    }

    private static void Same(List<ulong> plain, RaftLog log)
    {
        Assert.Equal((ulong)plain.Count - 1, log.LastIndex);
        Assert.Equal(plain[^1], log.LastTerm);
        for (ulong index = log.BeforeIndex; index <= log.LastIndex; index++)
        {
            Assert.True(log.Matches(index, plain[(int)index]));
        }

        Assert.False(log.TryTerm(log.LastIndex + 1, out _));
        Assert.True(log.BeforeIndex == 0 || !log.TryTerm(log.BeforeIndex - 1, out _));
    }
}
