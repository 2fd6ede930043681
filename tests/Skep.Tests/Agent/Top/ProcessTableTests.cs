using Skep.Agent.Top;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Tests.Agent.Top;

public class ProcessTableTests
{
    private const string Output = """
        UID    PID  PPID CMD
        root     1     0 init
        www    226   207 sh -c while :;  do sleep 1; done
        www      -     - {thread}
        www    262   226 sleep 1
        """;

    [Fact]
    public void Only_the_containers_processes_are_shown()
    {
        TopResponse top = ProcessTable.Parse(Output, [226, 262]);

        Assert.Equal(["UID", "PID", "PPID", "CMD"], top.Titles);
        Assert.Equal(
        [
            "www|226|207|sh -c while :; do sleep 1; done", "www|-|-|{thread}", "www|262|226|sleep 1",
        ],
            top.Processes.Select(row => string.Join('|', row)));
    }

    [Fact]
    public void A_table_without_process_ids_cannot_be_filtered()
        => Assert.Equal("Couldn't find PID field in ps output",
            Assert.Throws<RefusedException>(() => ProcessTable.Parse("CMD\nsh\n", [1])).Message);

    [Theory]
    [InlineData("-o user=PIDX")]
    [InlineData("-o cmd=PID")]
    public void No_other_column_may_look_like_process_ids(string arguments)
        => Assert.EndsWith("is not allowed", Assert.Throws<RefusedException>(
            () => ProcessTable.RefuseRenamedPid(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task This_process_is_found()
    {
        TopResponse top = await ProcessTable.ReadAsync("", [Environment.ProcessId], CancellationToken.None);

        Assert.Contains("PID", top.Titles);
        Assert.Single(top.Processes);
    }

    [Fact]
    public async Task What_ps_says_about_its_arguments_is_passed_on()
    {
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => ProcessTable.ReadAsync("-o nonsense", [1], CancellationToken.None));
        Assert.StartsWith("ps: ", refusal.Message, StringComparison.Ordinal);
    }
}
