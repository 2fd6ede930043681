using Skep.Swarm;

namespace Skep.Tests.Logging;

public class LogTests
{
    private readonly List<string> lines = [];

    [Fact]
    public void Facts_follow_the_message_and_are_quoted_when_they_must_be()
    {
        NewLog(Severity.Info).Info("made", ("id", 7), ("name", "two words"), ("quote", "a\"b"), ("empty", null));
        Assert.Equal("made id=7 name=\"two words\" quote=\"a\\\"b\" empty=\"\"", Assert.Single(lines));
    }

    [Fact]
    public void A_stranger_cannot_break_a_line_or_send_commands_to_a_terminal()
    {
        NewLog(Severity.Info).Info("said", ("text", "a\nb\u001b[31m"));
        Assert.Equal("said text=\"a\\nb?[31m\"", Assert.Single(lines));
    }

    [Fact]
    public void Lines_below_the_level_are_dropped_and_long_ones_are_cut()
    {
        Log log = NewLog(Severity.Warn);
        log.Info("dropped");
        log.Error("kept", ("text", new string('x', 100_000)));
        Assert.Equal(Log.LineCharacters, Assert.Single(lines).Length);
    }

    private Log NewLog(Severity least) => new((_, line) => lines.Add(line), least);
}
