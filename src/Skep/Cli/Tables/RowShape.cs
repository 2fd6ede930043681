using Skep.Docker.Templates;

namespace Skep.Cli.Tables;

/// <summary>One field that a command's --format may name.</summary>
/// <param name="Heading">Title in a table.</param>
/// <param name="ParameterCount">Arguments that the field takes, as .Label "name" does.</param>
internal sealed record Column<T>(
    string Name, string Heading, Func<T, IReadOnlyList<object?>, object?> Read, int ParameterCount)
{
    public Column(string name, string heading, Func<T, object?> read)
        : this(name, heading, (row, _) => read(row), 0)
    {
    }
}

/// <summary>The fields of a list command's rows.</summary>
/// <param name="type">Go's name of the type, which docker's messages show.</param>
internal sealed class RowShape<T>(string type, params IReadOnlyList<Column<T>> columns)
{
    public GoStruct View(T row) => new(type, [.. columns.Select(column =>
        new GoField(column.Name, column.ParameterCount, arguments => column.Read(row, arguments)))])
    {
        EscapesHtml = true,
    };

    /// <summary>The titles; the title of a label is its last part.</summary>
    public GoStruct Headings() => new(type, [.. columns.Select(column => new GoField(
        column.Name, column.ParameterCount, arguments => column.ParameterCount == 0
            ? column.Heading
            : ((arguments[0] as string) ?? "").Split('.')[^1].Replace('-', ' ').Replace('_', ' ')))]);

    /// <summary>The column .Label "name", which all of Docker's labelled things have.</summary>
    public static Column<T> Label(Func<T, IReadOnlyDictionary<string, string>> labels) => new(
        "Label", "", (row, arguments) => labels(row).GetValueOrDefault(arguments[0] as string ?? "", ""), 1);
}
