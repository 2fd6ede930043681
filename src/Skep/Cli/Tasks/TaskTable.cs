using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Services;
using Skep.Cli.Tables;

namespace Skep.Cli.Tasks;

/// <summary>The table of tasks that node ps shows, and service ps and stack ps.</summary>
internal sealed class TaskTable(Invocation call, bool resolves, bool truncates, bool isQuiet)
{
    private const int ErrorWidth = 30;

    private const string Table = "table {{.ID}}\t{{.Name}}\t{{.Image}}\t{{.Node}}\t{{.DesiredState}}"
        + "\t{{.CurrentState}}\t{{.Error}}\t{{.Ports}}";

    private const string Raw = "id: {{.ID}}\nname: {{.Name}}\nimage: {{.Image}}\nnode: {{.Node}}\n"
        + "desired_state: {{.DesiredState}}\ncurrent_state: {{.CurrentState}}\nerror: {{.Error}}\nports: {{.Ports}}\n";

    private static readonly RowShape<Row> shape = new("*task.taskContext",
    [
        new("CurrentState", "CURRENT STATE", row => row.CurrentState),
        new("DesiredState", "DESIRED STATE", row => Human.Capitalized(row.Task.Text("DesiredState"))),
        new("Error", "ERROR", row => row.Error),
        new("ID", "ID", row => row.Truncates ? Human.ShortId(row.Task.Text("ID")) : row.Task.Text("ID")),
        new("Image", "IMAGE", row => row.Image),
        new("Name", "NAME", row => row.Name),
        new("Node", "NODE", row => row.Node),
        new("Ports", "PORTS", row => row.Ports),
    ]);

    private readonly SwarmNames names = new(call.Engine, resolves);

    public async Task ShowAsync(IEnumerable<JsonElement> tasks, string format, CancellationToken stop)
    {
        string settings = isQuiet ? "" : call.Session.Settings.Value.Format("tasks");
        string source = (format.Length > 0 ? format : settings) switch
        {
            "" or "table" => isQuiet ? "{{.ID}}" : Table,
            "raw" => isQuiet ? "id: {{.ID}}" : Raw,
            var own => own,
        };
        string indent = source.StartsWith("table", StringComparison.Ordinal) ? @" \_ " : "";
        List<Row> rows = await RowsAsync(tasks, indent, stop);
        call.Console.Write(RowWriter.Render(source, shape, rows));
    }

    // Tasks of one slot stand together, the newest first; the older ones are indented.
    private async Task<List<Row>> RowsAsync(IEnumerable<JsonElement> tasks, string indent, CancellationToken stop)
    {
        var named = new List<(JsonElement Task, string Name)>();
        foreach (JsonElement task in tasks)
        {
            string service = await names.ServiceAsync(task.Text("ServiceID"), stop);
            string slot = task.Number("Slot") is not 0 and var number
                ? number.ToString(CultureInfo.InvariantCulture)
                : task.Text("NodeID");
            named.Add((task, $"{service}.{slot}"));
        }

        var rows = new List<Row>();
        string before = "";
        foreach ((JsonElement task, string name) in named
            .OrderBy(row => row.Name, NaturalOrder.Instance)
            .ThenByDescending(row => Moment(row.Task.Text("CreatedAt"))))
        {
            string node = await names.NodeAsync(task.Text("NodeID"), stop);
            rows.Add(new Row(task, name == before ? indent + name : name, node, truncates, call.Session.Time));
            before = name;
        }

        return rows;
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment) ? moment : default;

    private sealed record Row(JsonElement Task, string Name, string Node, bool Truncates, TimeProvider Time)
    {
        private JsonElement Status => Task.Member("Status");

        public string CurrentState
        {
            get
            {
                TimeSpan age = Time.GetUtcNow() - Moment(Status.Text("Timestamp"));
                return $"{Human.Capitalized(Status.Text("State"))} {Human.Duration(age).ToLowerInvariant()} ago";
            }
        }

        public string Error
        {
            get
            {
                string error = Truncates ? Human.Ellipsis(Status.Text("Err"), ErrorWidth) : Status.Text("Err");
                return error.Length > 0 ? $"\"{error}\"" : "";
            }
        }

        public string Image
        {
            get
            {
                string image = Task.Member("Spec").Member("ContainerSpec").Text("Image");
                return Truncates ? ServiceImage.Shown(image) : image;
            }
        }

        public string Ports => string.Join(',', Status.Member("PortStatus").Items("Ports").Select(port =>
            $"*:{port.Number("PublishedPort")}->{port.Number("TargetPort")}/{port.Text("Protocol")}"));
    }
}
