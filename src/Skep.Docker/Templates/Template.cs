using System.Text;

namespace Skep.Docker.Templates;

/// <summary>Go's text/template with Docker's functions, without define, template, block and call.</summary>
public sealed class Template
{
    private readonly string name;
    private readonly string source;
    private readonly ListNode root;
    private readonly FunctionTable functions;

    private Template(string name, string source, ListNode root, FunctionTable functions)
    {
        this.functions = functions;
        this.name = name;
        this.source = source;
        this.root = root;
    }

    /// <exception cref="TemplateException">The template is malformed.</exception>
    /// <param name="name">Only for messages; docker's templates have none but version's.</param>
    public static Template Parse(string source, string name = "") => Parse(source, name, FunctionTable.Commands);

    /// <exception cref="TemplateException">The template is malformed.</exception>
    public static Template Parse(string source, string name, FunctionTable functions) =>
        new(name, source, Parser.Parse(source, name, functions), functions);

    /// <exception cref="TemplateException">A field does not exist, a function refuses its arguments, …</exception>
    /// <param name="refuseMissingKeys">A key that a map lacks is an error instead of "&lt;no value&gt;".</param>
    public string Execute(object? data, bool refuseMissingKeys = false)
    {
        var output = new StringBuilder();
        new Execution(name, source, output, functions, isHeading: false, refuseMissingKeys).Run(root, data);
        return output.ToString();
    }

    /// <summary>The heading of a table: the fields are the columns' titles, and functions leave them alone.</summary>
    /// <remarks>What fails is left out, as in Docker: the rows report the error.</remarks>
    public string ExecuteHeading(object? titles)
    {
        var output = new StringBuilder();
        try
        {
            new Execution(name, source, output, functions, isHeading: true, refuseMissingKeys: false).Run(root, titles);
        }
        catch (TemplateException failure) when (failure.Message.Length > 0)
        {
            return output.ToString();
        }

        return output.ToString();
    }
}
