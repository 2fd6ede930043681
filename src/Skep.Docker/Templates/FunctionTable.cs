using System.Net;
using System.Text;

namespace Skep.Docker.Templates;

/// <summary>A function that a template may call.</summary>
/// <param name="Parameters">
/// One letter each: s text, i whole number, l list of texts, a anything; a last "…" repeats.
/// </param>
public sealed record Function(string Parameters, Func<IReadOnlyList<object?>, object?> Call)
{
    public bool IsVariadic => Parameters.EndsWith('…');

    /// <summary>Parameters that must be given.</summary>
    public int FixedCount => IsVariadic ? Parameters.Length - 2 : Parameters.Length;

    public char KindAt(int index) => index < FixedCount ? Parameters[index] : Parameters[^2];
}

/// <summary>The functions that a kind of template has: Go's own, and what its makers added.</summary>
public sealed class FunctionTable
{
    private static readonly Dictionary<string, Function> OfGo = new()
    {
        ["and"] = new("aa…", _ => null), // Stops early, so the execution has them in hand.
        ["or"] = new("aa…", _ => null),
        ["not"] = new("a", arguments => !Execution.IsTrue(arguments[0])),
        ["len"] = new("a", arguments => Length(arguments[0])),
        ["index"] = new("aa…", Elements.Index),
        ["slice"] = new("aa…", Elements.Slice),
        ["eq"] = new("aa…", Comparisons.EqualsAny),
        ["ne"] = new("aa", arguments => !Comparisons.AreEqual(arguments[0], arguments[1])),
        ["lt"] = new("aa", arguments => Comparisons.Compare(arguments[0], arguments[1]) < 0),
        ["le"] = new("aa", arguments => Comparisons.Compare(arguments[0], arguments[1]) <= 0),
        ["gt"] = new("aa", arguments => Comparisons.Compare(arguments[0], arguments[1]) > 0),
        ["ge"] = new("aa", arguments => Comparisons.Compare(arguments[0], arguments[1]) >= 0),
        ["print"] = new("a…", GoPrint.Sprint),
        ["println"] = new("a…", GoPrint.Sprintln),
        ["printf"] = new("sa…", arguments => GoPrint.Sprintf((string)arguments[0]!, [.. arguments.Skip(1)])),
        ["html"] = new("a…", arguments => WebUtility.HtmlEncode(GoPrint.Sprint(arguments))),
        ["js"] = new("a…", arguments => GoPrint.Sprint(arguments)),
        ["urlquery"] = new("a…", arguments => Uri.EscapeDataString(GoPrint.Sprint(arguments)).Replace("%20", "+")),
    };

    private static readonly Dictionary<string, Function> OfDockersCommands = new()
    {
        ["json"] = new("a", arguments => GoJson.Write(arguments[0])),
        ["split"] = new("ss", arguments => Split((string)arguments[0]!, (string)arguments[1]!)),
        ["join"] = new("ls", arguments =>
            string.Join((string)arguments[1]!, ((GoList)arguments[0]!).Items.Select(GoPrint.Text))),
        ["title"] = new("s", arguments => Title((string)arguments[0]!)),
        ["lower"] = new("s", arguments => ((string)arguments[0]!).ToLowerInvariant()),
        ["upper"] = new("s", arguments => ((string)arguments[0]!).ToUpperInvariant()),
        ["pad"] = new("sii", arguments => Pad((string)arguments[0]!, (long)arguments[1]!, (long)arguments[2]!)),
        ["truncate"] = new("si", arguments => Truncate((string)arguments[0]!, (long)arguments[1]!)),
    };

    // In a table's heading these leave the column's title as it is.
    private static readonly Dictionary<string, Function> Heading = new()
    {
        ["json"] = new("s", arguments => arguments[0]),
        ["split"] = new("ss", arguments => arguments[0]),
        ["join"] = new("ss", arguments => arguments[0]),
        ["title"] = new("s", arguments => arguments[0]),
        ["lower"] = new("s", arguments => arguments[0]),
        ["upper"] = new("s", arguments => arguments[0]),
        ["truncate"] = new("si", arguments => arguments[0]),
    };

    private readonly Dictionary<string, Function> all;

    private FunctionTable(IEnumerable<KeyValuePair<string, Function>> added) =>
        all = new Dictionary<string, Function>([.. OfGo, .. added]);

    /// <summary>What --format of docker's commands has.</summary>
    public static FunctionTable Commands { get; } = new(OfDockersCommands);

    /// <summary>Go's own, and these.</summary>
    public static FunctionTable With(IEnumerable<KeyValuePair<string, Function>> added) => new(added);

    internal bool Exists(string name) => all.ContainsKey(name);

    internal Function Find(string name, bool isHeading) =>
        isHeading && Heading.TryGetValue(name, out Function? plain) ? plain : all[name];

    private static object Length(object? value) => value switch
    {
        string text => (long)Encoding.UTF8.GetByteCount(text),
        GoList list => (long)list.Items.Count,
        GoMap map => (long)map.Entries.Count,
        null or NoValue => throw new TemplateException("len of nil pointer"),
        _ => throw new TemplateException($"len of type {GoPrint.TypeName(value)}"),
    };

    private static GoList Split(string text, string separator) => new(separator.Length > 0
        ? text.Split(separator)
        : [.. text.EnumerateRunes().Select(rune => rune.ToString())]);

    private static string Title(string text)
    {
        var title = new StringBuilder(text);
        for (int i = 0; i < title.Length; i++)
        {
            bool starts = i == 0 || !(char.IsLetterOrDigit(title[i - 1]) || title[i - 1] is '_' or '\'');
            title[i] = starts ? char.ToUpperInvariant(title[i]) : title[i];
        }

        return title.ToString();
    }

    private static string Pad(string text, long before, long after) => text.Length == 0 || before < 0 || after < 0
        ? text
        : new string(' ', (int)Math.Min(before, 10_000)) + text + new string(' ', (int)Math.Min(after, 10_000));

    private static string Truncate(string text, long length) =>
        length < 0 || text.Length < length ? text : text[..(int)length];
}
