using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>Says what a deployment does or, with --dry-run, what it would do, field by field.</summary>
internal sealed class DeployLog(CliConsole console, bool isDry)
{
    /// <summary>Nothing may be changed: the log is all that is wanted.</summary>
    public bool IsDry => isDry;

    public void Creating(string kind, string name, IEnumerable<FieldChange> fields)
    {
        console.WriteLine(isDry ? $"+ {kind} {name}" : $"Creating {kind} {name}");
        Show(fields);
    }

    public void Updating(string kind, string name, string id, IEnumerable<FieldChange> fields)
    {
        console.WriteLine(isDry ? $"~ {kind} {name} (id: {id})" : $"Updating {kind} {name} (id: {id})");
        Show(fields);
    }

    public void Keeping(string kind, string name, string id) =>
        console.WriteLine(isDry ? $"= {kind} {name} (id: {id})" : $"Unchanged {kind} {name} (id: {id})");

    public void Removing(string kind, string name) =>
        console.WriteLine(isDry ? $"- {kind} {name}" : $"Removing {kind} {name}");

    public void Warn(string text) => console.WriteErrorLine(text);

    private void Show(IEnumerable<FieldChange> fields)
    {
        foreach (FieldChange field in isDry ? fields : [])
        {
            console.WriteLine($"    {field}");
        }
    }
}
