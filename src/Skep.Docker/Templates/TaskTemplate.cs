using System.Globalization;
using System.Text;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Docker.Templates;

/// <summary>Fills in what a service's spec, secrets and configs leave to each task. Pure.</summary>
/// <remarks>
/// Go's text/template with SwarmKit's data and functions. Everything inside is text of one character per byte, for a
/// secret need not be text at all: what goes in is taken apart into bytes, and what comes out is put together again.
/// </remarks>
/// <param name="task">Whose places are filled in.</param>
/// <param name="node">Null: not known, as when a manager only checks a spec.</param>
public sealed class TaskTemplate(SwarmTask task, NodeDescription? node)
{
    private const string Name = "expansion";

    private static readonly Dictionary<string, Function> Shared = new()
    {
        ["join"] = new("s…", static words =>
            string.Join((string)words[0]!, words.Skip(1).Select(static word => (string)word!))),
    };

    private static readonly FunctionTable OfSpecs = FunctionTable.With(Shared);

    private GoStruct? data;

    // Only once a template needs it: most specs have none, and a manager tries every spec that it is sent.
    private GoStruct Data => data ??= DataOf(task, node);

    /// <summary>Hostname, environment and mounts, each filled in.</summary>
    /// <exception cref="RefusedException">A template cannot be read or carried out.</exception>
    public Skep.Swarm.Objects.ContainerSpec Expand(Skep.Swarm.Objects.ContainerSpec container) => container with
    {
        Env = [.. container.Env.Select(Environment)],
        Mounts = [.. container.Mounts.Select(ExpandMount)],
        Hostname = Fill(container.Hostname, "expanding hostname failed"),
    };

    /// <summary>A secret's or config's own content, filled in.</summary>
    /// <param name="secret">A secret of the task by the name of its file.</param>
    /// <param name="config">A config of the task by the name of its file.</param>
    /// <exception cref="RefusedException">It cannot be. The message holds nothing of the content's values.</exception>
    public byte[] ExpandContent(
        ReadOnlySpan<byte> content,
        Skep.Swarm.Objects.ContainerSpec container,
        Func<string, Bytes> secret,
        Func<string, Bytes> config)
    {
        FunctionTable functions = FunctionTable.With(new Dictionary<string, Function>(Shared)
        {
            ["secret"] = new("s", names => OfBytes(secret(ToText((string)names[0]!)).Span)),
            ["config"] = new("s", names => OfBytes(config(ToText((string)names[0]!)).Span)),
            ["env"] = new("s", names => OfText(Variable(container, ToText((string)names[0]!)))),
        });
        try
        {
            string filled = Template.Parse(OfBytes(content), Name, functions).Execute(Data, refuseMissingKeys: true);
            return Encoding.Latin1.GetBytes(filled);
        }
        catch (TemplateException e)
        {
            throw new RefusedException(ErrorKind.Invalid, ToText(e.Message), e);
        }
    }

    private static string Variable(Skep.Swarm.Objects.ContainerSpec container, string name)
    {
        string prefix = name + "=";
        foreach (string variable in container.Env)
        {
            if (variable.StartsWith(prefix, StringComparison.Ordinal))
            {
                return variable[prefix.Length..];
            }
        }

        return "";
    }

    private string Environment(string variable)
    {
        int equals = variable.IndexOf('=');
        return equals < 0
            ? variable
            : variable[..(equals + 1)]
                + Fill(variable[(equals + 1)..], $"expanding env failed: expanding env \"{variable}\"");
    }

    private Mount ExpandMount(Mount mount)
    {
        const string what = "expanding mounts failed: expanding ";
        return mount with
        {
            Source = Fill(mount.Source, $"{what}mount source \"{mount.Source}\""),
            Target = Fill(mount.Target, $"{what}mount target \"{mount.Target}\""),
            VolumeOptions = mount.VolumeOptions is not { } volume ? null : volume with
            {
                Labels = ExpandMap(volume.Labels, what + "volume labels"),
                DriverConfig = volume.DriverConfig is not { } driver ? null : driver with
                {
                    Options = ExpandMap(driver.Options, what + "volume driver config"),
                },
            },
        };
    }

    private ValueMap<string> ExpandMap(ValueMap<string> map, string what) => ValueMap.From(map.Select(entry =>
        KeyValuePair.Create(
            entry.Key,
            Fill(entry.Value, $"{what}: expanding map entry \"{entry.Key}\"=\"{entry.Value}\""))));

    private string Fill(string template, string what)
    {
        if (!template.Contains("{{", StringComparison.Ordinal))
        {
            return template;
        }

        try
        {
            return ToText(
                Template.Parse(OfText(template), Name, OfSpecs).Execute(Data, refuseMissingKeys: true));
        }
        catch (TemplateException e)
        {
            throw new RefusedException(ErrorKind.Invalid, $"{what}: {ToText(e.Message)}", e);
        }
    }

    private static GoStruct DataOf(SwarmTask task, NodeDescription? node)
    {
        string slot = task.Slot != 0 ? task.Slot.ToString(CultureInfo.InvariantCulture) : task.NodeId.Value;
        var labels = new GoMap(task.ServiceAnnotations.Labels.Select(static label =>
            KeyValuePair.Create(OfText(label.Key), (object?)OfText(label.Value))));
        return Struct(
            "*template.Context",
            ("Service", Struct(
                "struct { ID string; Name string; Labels map[string]string }",
                ("ID", task.ServiceId.Value),
                ("Name", OfText(task.ServiceAnnotations.Name)),
                ("Labels", labels))),
            ("Node", Struct(
                "struct { ID string; Hostname string; Platform template.Platform }",
                ("ID", task.NodeId.Value),
                ("Hostname", OfText(node?.Hostname ?? "")),
                ("Platform", Struct(
                    "template.Platform",
                    ("Architecture", node?.Platform?.Architecture ?? ""),
                    ("OS", node?.Platform?.OS ?? ""))))),
            ("Task", Struct(
                "struct { ID string; Name string; Slot string }",
                ("ID", task.Id.Value),
                ("Name", OfText(TaskNames.Of(task))),
                ("Slot", slot))));
    }

    private static GoStruct Struct(string type, params (string Name, object? Value)[] fields) =>
        new(type, [.. fields.Select(static one => new GoField(one.Name, 0, _ => one.Value))]);

    private static string OfText(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    private static string OfBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string ToText(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
