using System.Text;
using System.Text.Json;
using Skep.Cli.Services.Converging;

namespace Skep.Tests.Cli.Services;

public sealed class ProgressTests
{
    private const string Replicated = """{"Spec":{"Mode":{"Replicated":{"Replicas":2}}}}""";

    private static readonly IReadOnlySet<string> alive = new HashSet<string> { "n1", "n2" };

    private readonly MemoryStream output = new();

    [Fact]
    public void Replicas_are_counted_until_all_of_them_run()
    {
        var progress = new ReplicatedProgress(Board());
        Assert.False(progress.Look(Json(Replicated), [], alive, rollsBack: false));
        Assert.False(progress.Look(Json(Replicated), [Task(1, "preparing"), Task(4, "running")], alive, false));
        Assert.True(progress.Look(Json(Replicated), [Task(1, "running"), Task(4, "running")], alive, false));
        Assert.Equal(
            "overall progress: 0 out of 2 tasks\n1/2:  \n2/2:  \noverall progress: 1 out of 2 tasks\n"
            + "overall progress: 2 out of 2 tasks\n",
            Printed());
    }

    [Fact]
    public void A_task_on_a_node_that_is_down_does_not_count()
    {
        var progress = new ReplicatedProgress(Board());
        Assert.False(progress.Look(
            Json(Replicated), [Task(1, "running"), Task(2, "running", node: "gone")], alive, rollsBack: false));
        Assert.EndsWith("overall progress: 1 out of 2 tasks\n", Printed());
    }

    [Fact]
    public void An_error_stands_in_its_task_s_line_and_fits_it()
    {
        var progress = new ReplicatedProgress(Board());
        progress.Look(Json(Replicated), [Task(2, "rejected", error: new string('x', 80) + "\n")], alive, false);
        Assert.Contains($"1/2: {new string('x', 74)}…\n", Printed());
    }

    [Fact]
    public void The_task_that_should_run_stands_for_its_slot()
    {
        JsonElement old = Task(1, "running", desired: "shutdown");
        Assert.Equal("ready", TaskStates.Leading([old, Task(1, "ready")]).State());
        Assert.Equal("starting", TaskStates.Leading([Task(1, "running"), Task(1, "starting")]).State());
    }

    [Fact]
    public void On_a_terminal_each_line_keeps_its_place()
    {
        var board = new ProgressBoard(output, isTerminal: true, columns: 80);
        board.Show("a", "one");
        board.Show("b", "two", 1, 9);
        board.Show("a", "three");
        Assert.Equal(
            "\n\x1b[1A\x1b[2K\ra: one \r\x1b[1B\n\x1b[1A\x1b[2K\rb: two \r\x1b[1B\x1b[2A\x1b[2K\ra: three \r\x1b[2B",
            Printed());
    }

    [Fact]
    public void Wide_terminals_show_bars()
    {
        var board = new ProgressBoard(output, isTerminal: true, columns: 120);
        board.Show("1/1", "preparing", 6, 9);
        Assert.Contains($"1/1: preparing [{new string('=', 33)}>{new string(' ', 17)}] \r", Printed());
    }

    [Fact]
    public void A_global_service_waits_for_its_tasks_and_counts_nodes()
    {
        var progress = new GlobalProgress(Board());
        Assert.False(progress.Look(Json("{}"), [], alive, rollsBack: false));
        Assert.True(progress.Look(
            Json("{}"), [Task(0, "running"), Task(0, "running", node: "n2")], alive, rollsBack: true));
        Assert.Equal(
            "overall progress: waiting for new tasks\noverall progress: rolling back update: 0 out of 2 tasks\n"
            + "overall progress: rolling back update: 2 out of 2 tasks\n",
            Printed());
    }

    [Fact]
    public void A_job_counts_what_is_complete_of_its_own_run()
    {
        JsonElement job = Json("""
            {"Spec":{"Mode":{"ReplicatedJob":{"MaxConcurrent":10,"TotalCompletions":2}}},
             "JobStatus":{"JobIteration":{"Index":7}}}
            """);
        var progress = new ReplicatedJobProgress(Board());
        Assert.False(progress.Look(job, [Task(0, "complete", run: 7), Task(1, "complete", run: 6)], alive, false));
        Assert.True(progress.Look(job, [Task(0, "complete", run: 7), Task(1, "complete", run: 7)], alive, false));
        Assert.Equal(
            "active tasks:  0 out of  2 tasks\n1/2:  \n2/2:  \nactive tasks:  0 out of  1 tasks\n"
            + "active tasks:  0 out of  0 tasks\n",
            Printed());
    }

    [Fact]
    public void A_global_job_is_done_when_its_first_nodes_are()
    {
        JsonElement job = Json("""{"JobStatus":{"JobIteration":{"Index":7}}}""");
        var progress = new GlobalJobProgress(Board());
        Assert.False(progress.Look(job, [], alive, rollsBack: false));
        Assert.False(progress.Look(job, [Task(0, "running", run: 7)], alive, rollsBack: false));
        Assert.True(progress.Look(
            job, [Task(0, "complete", run: 7), Task(0, "new", node: "n2", run: 7)], alive, rollsBack: false));
    }

    private ProgressBoard Board() => new(output, isTerminal: false, columns: 0);

    private string Printed() => Encoding.UTF8.GetString(output.ToArray());

    private static JsonElement Task(
        int slot, string state, string node = "n1", string desired = "running", string error = "", int run = 0) =>
        Json($$$"""
            {"Slot":{{{slot}}},"NodeID":"{{{node}}}","DesiredState":"{{{desired}}}",
             "JobIteration":{"Index":{{{run}}}},
             "Status":{"State":"{{{state}}}","Err":"{{{error.Replace("\n", "\\n")}}}"}}
            """);

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
