using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skep.Docker.Templates;

namespace Skep.Cli.Inspections;

/// <summary>What an inspect command found.</summary>
/// <param name="Json">As the daemon sent it.</param>
/// <param name="Type">Knows the fields that the daemon left out; null: none is known.</param>
internal readonly record struct Found(byte[] Json, JsonTypeInfo? Type);

/// <summary>Shows the things that an inspect command was asked for: as JSON, or through a template.</summary>
internal static class Inspection
{
    private const int BadTemplateCode = 64;

    /// <param name="find">Throws CommandFailedException where there is nothing.</param>
    public static Task<int> ShowAsync(
        Invocation call, string format, Func<string, CancellationToken, Task<Found>> find, CancellationToken stop) =>
        ShowAsync(call, call.Words, format, find, stop);

    /// <param name="names">Of what is shown, where that is not what the user wrote.</param>
    /// <param name="find">Throws CommandFailedException where there is nothing.</param>
    public static async Task<int> ShowAsync(
        Invocation call, IReadOnlyList<string> names, string format,
        Func<string, CancellationToken, Task<Found>> find, CancellationToken stop)
    {
        Template? template = Parse(format);
        var refusals = new List<string>();
        var documents = new List<byte[]>();
        var lines = new StringBuilder();
        foreach (string name in names)
        {
            try
            {
                Found found = await find(name, stop);
                documents.Add(found.Json);
                if (template is not null)
                {
                    lines.Append(Apply(template, found)).Append('\n');
                }
            }
            catch (CommandFailedException refused)
            {
                refusals.Add(refused.Message);
            }
        }

        call.Console.Output.Write(template is null
            ? [.. Layout(documents, format), (byte)'\n']
            : Encoding.UTF8.GetBytes(lines.Length > 0 ? lines.ToString() : "\n"));
        return refusals.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', refusals));
    }

    private static Template? Parse(string format)
    {
        try
        {
            return format is "" or "json" ? null : Template.Parse(format);
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"template parsing error: {malformed.Message}", BadTemplateCode);
        }
    }

    private static byte[] Layout(List<byte[]> documents, string format)
    {
        var all = new MemoryStream();
        all.WriteByte((byte)'[');
        for (int i = 0; i < documents.Count; i++)
        {
            all.Write(i == 0 ? [] : ","u8);
            all.Write(documents[i]);
        }

        all.WriteByte((byte)']');
        return format == "json" ? JsonIndent.Compact(all.ToArray()) : JsonIndent.Indent(all.ToArray());
    }

    // First as the API's type, whose fields all exist; then as it was sent, with its own names.
    private static string Apply(Template template, Found found)
    {
        using JsonDocument document = JsonDocument.Parse(found.Json);
        if (found.Type is not null)
        {
            try
            {
                return template.Execute(GoJson.Typed(document.RootElement, found.Type));
            }
            catch (TemplateException misfit) when (misfit.Message.Length > 0)
            {
                return ApplyRaw(template, document);
            }
        }

        return ApplyRaw(template, document);
    }

    private static string ApplyRaw(Template template, JsonDocument document)
    {
        try
        {
            return template.Execute(GoJson.Raw(document.RootElement), refuseMissingKeys: true);
        }
        catch (TemplateException misfit)
        {
            throw new CommandFailedException($"template parsing error: {misfit.Message}");
        }
    }
}
