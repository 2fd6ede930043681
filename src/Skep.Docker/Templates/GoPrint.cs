using System.Globalization;
using System.Text;

namespace Skep.Docker.Templates;

/// <summary>Go's fmt: Sprint, Sprintln and Sprintf.</summary>
public static class GoPrint
{
    /// <summary>%v.</summary>
    public static string Text(object? value) => value switch
    {
        null => "<nil>",
        NoValue => "<no value>",
        bool flag => flag ? "true" : "false",
        string text => text,
        double real => Real(real),
        GoList list => $"[{string.Join(' ', list.Items.Select(Text))}]",
        GoMap map => $"map[{string.Join(' ', map.Entries.Select(entry => $"{entry.Key}:{Text(entry.Value)}"))}]",
        GoStruct { EmbeddedCount: > 0 and var count } view =>
            $"{{{{{Fields(view.Fields.Take(count))}}} {Fields(view.Fields.Skip(count))}}}",
        GoStruct view => $"{{{Fields(view.Fields)}}}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Arguments with a space between two of which neither is text.</summary>
    public static string Sprint(IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string)
            {
                text.Append(' ');
            }

            text.Append(Text(arguments[i]));
        }

        return text.ToString();
    }

    public static string Sprintln(IReadOnlyList<object?> arguments) =>
        string.Join(' ', arguments.Select(Text)) + "\n";

    public static string Sprintf(string format, IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder();
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            Directive directive = Directive.Read(format, ref i, arguments, ref used);
            if (i >= format.Length)
            {
                text.Append("%!(NOVERB)");
            }
            else if (format[i] == '%')
            {
                text.Append('%');
            }
            else if (used >= arguments.Count)
            {
                text.Append("%!").Append(format[i]).Append("(MISSING)");
            }
            else
            {
                text.Append(directive.Apply(format[i], arguments[used++]));
            }
        }

        if (used < arguments.Count)
        {
            IEnumerable<string> extra = arguments.Skip(used).Select(value => $"{TypeName(value)}={Text(value)}");
            text.Append("%!(EXTRA ").AppendJoin(", ", extra).Append(')');
        }

        return text.ToString();
    }

    public static string TypeName(object? value) => value switch
    {
        null or NoValue => "<nil>",
        bool => "bool",
        string => "string",
        double => "float64",
        GoList list => list.Type,
        GoMap => "map[string]interface {}",
        GoStruct view => view.Type,
        _ => "int",
    };

    private static string Fields(IEnumerable<GoField> fields) => string.Join(
        ' ', fields.Where(field => field.ParameterCount == 0).Select(field => Text(field.Read([]))));

    // The shortest digits that read back the same; an exponent from 21 digits on.
    private static string Real(double value)
    {
        double magnitude = Math.Abs(value);
        if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e21))
        {
            string text = value.ToString("E16", CultureInfo.InvariantCulture);
            string digits = value.ToString("R", CultureInfo.InvariantCulture);
            int exponent = int.Parse(text.AsSpan(text.IndexOf('E') + 1), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture);
            string mantissa = digits.Contains('E') ? digits[..digits.IndexOf('E')]
                : (value / Math.Pow(10, exponent)).ToString("R", CultureInfo.InvariantCulture);
            return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return value.ToString(magnitude < 1e15 ? "R" : "F0", CultureInfo.InvariantCulture);
    }
}
