namespace Skep.SystemTests.Acceptance;

public class TranscriptsTests
{
    private static readonly (string, string)[] both = [("docker ps", "one"), ("docker images", "two")];

    [Fact]
    public void Equal_transcripts_do_not_differ() =>
        Assert.Empty(Transcripts.Differences(both, "a", [.. both], "b"));

    [Fact]
    public void Another_result_is_shown_beside_the_expected_one() => Assert.Equal(
        ["$ docker images\n--- a\ntwo\n--- b\nthree"],
        Transcripts.Differences(both, "a", [both[0], ("docker images", "three")], "b"));

    [Fact]
    public void Lines_that_only_one_side_wrote_are_differences_whichever_it_is()
    {
        Assert.Equal(
            ["$ docker images\n--- a\ntwo\n--- b\n(no such line)"],
            Transcripts.Differences(both, "a", both[..1], "b"));
        Assert.Equal(
            ["$ docker images\n--- a\n(no such line)\n--- b\ntwo"],
            Transcripts.Differences(both[..1], "a", both, "b"));
    }
}
