using System.Text;
using Skep.Docker.Templates;

namespace Skep.Cli.Tables;

/// <summary>Writes rows through a --format: "table …", "json", or a template for each row.</summary>
internal static class RowWriter
{
    /// <param name="format">With the command's own names ("table", "raw") already replaced by templates.</param>
    /// <exception cref="CommandFailedException">The template is malformed or does not fit.</exception>
    public static string Render<T>(string format, RowShape<T> shape, IEnumerable<T> rows)
    {
        bool isTable = format.StartsWith("table", StringComparison.Ordinal);
        string source = isTable ? format[5..] : format == "json" ? "{{json .}}" : format;
        source = source.Trim(' ').Replace("\\t", "\t").Replace("\\n", "\n");
        try
        {
            Template template = Template.Parse(source);
            var body = new StringBuilder();
            foreach (T row in rows)
            {
                body.Append(template.Execute(shape.View(row))).Append('\n');
            }

            return isTable
                ? TabWriter.Align(template.ExecuteHeading(shape.Headings()) + "\n" + body)
                : body.ToString();
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"template parsing error: {malformed.Message}");
        }
    }
}
