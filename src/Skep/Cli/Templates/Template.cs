using System.Text;

namespace Skep.Cli.Templates;

/// <summary>Go's text/template with Docker's functions, without define, template, block and call.</summary>
internal sealed class Template
{
    private readonly string name;
    private readonly string source;
    private readonly ListNode root;

    private Template(string name, string source, ListNode root)
    {
        this.name = name;
        this.source = source;
        this.root = root;
    }

    /// <exception cref="TemplateException">The template is malformed.</exception>
    /// <param name="name">Only for messages; docker's templates have none but version's.</param>
    public static Template Parse(string source, string name = "") => new(name, source, Parser.Parse(source, name));

    /// <exception cref="TemplateException">A field does not exist, a function refuses its arguments, …</exception>
    /// <param name="refuseMissingKeys">A key that a map lacks is an error instead of "&lt;no value&gt;".</param>
    public string Execute(object? data, bool refuseMissingKeys = false)
    {
        var output = new StringBuilder();
        new Execution(name, source, output, isHeading: false, refuseMissingKeys).Run(root, data);
        return output.ToString();
    }

    /// <summary>The heading of a table: the fields are the columns' titles, and functions leave them alone.</summary>
    /// <remarks>What fails is left out, as in Docker: the rows report the error.</remarks>
    public string ExecuteHeading(object? titles)
    {
        var output = new StringBuilder();
        try
        {
            new Execution(name, source, output, isHeading: true, refuseMissingKeys: false).Run(root, titles);
        }
        catch (TemplateException failure) when (failure.Message.Length > 0)
        {
            return output.ToString();
        }

        return output.ToString();
    }
}
