using System.CommandLine;
using System.Globalization;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--secret and --config: a name, or "source=,target=,uid=,gid=,mode=".</summary>
/// <param name="Source">The secret's or config's name.</param>
internal sealed record FileUseFlag(string Source, FileUse File)
{
    /// <param name="kind">secret or config.</param>
    public static Option<string[]> Make(string name, string kind, string description) =>
        Flags.List(name, null, description, text => Check(text, kind), kind);

    public static string Check(string text, string kind)
    {
        Parse(text, kind);
        return text;
    }

    /// <exception cref="FormatException">With docker's words.</exception>
    public static FileUseFlag Parse(string text, string kind)
    {
        string source = "";
        FileUse file = MountedFile.Of("");
        IReadOnlyList<string> fields = CsvFields.Split(text);
        if (fields.Count == 1 && !fields[0].Contains('='))
        {
            return new FileUseFlag(fields[0], file with { Name = fields[0] });
        }

        foreach (string field in fields)
        {
            int equals = field.IndexOf('=');
            string value = field[(equals + 1)..];
            string key = equals > 0 ? field[..equals]
                : throw new FormatException($"invalid field '{field}' must be a key=value pair");
            switch (key.ToLowerInvariant())
            {
                case "source" or "src":
                    source = value;
                    break;
                case "target":
                    file = file with { Name = value };
                    break;
                case "uid":
                    file = file with { Uid = value };
                    break;
                case "gid":
                    file = file with { Gid = value };
                    break;
                case "mode":
                    file = file with { Mode = Mode(value) };
                    break;
                default:
                    throw new FormatException($"invalid field in {kind} request: {key}");
            }
        }

        return source.Length == 0 ? throw new FormatException("source is required")
            : new FileUseFlag(source, file.Name.Length > 0 ? file : file with { Name = source });
    }

    // As Go reads a number with a prefix: 0444 and 0o444 are octal, 0x124 is hexadecimal, 292 is itself.
    private static uint Mode(string text)
    {
        string digits = text.Replace("_", "");
        bool isPrefixed = digits.Length > 1 && digits[0] == '0';
        uint? mode = !isPrefixed
            ? uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint plain) ? plain : null
            : char.ToLowerInvariant(digits[1]) switch
            {
                'x' => InBase(digits[2..], 16),
                'o' => InBase(digits[2..], 8),
                'b' => InBase(digits[2..], 2),
                _ => InBase(digits[1..], 8),
            };
        return mode ?? throw new FormatException("invalid mode specified: strconv.ParseUint: parsing "
            + $"{Docker.Templates.GoLiterals.Quote(text)}: invalid syntax");
    }

    private static uint? InBase(string digits, uint radix)
    {
        ulong number = 0;
        foreach (char c in digits)
        {
            bool fits = char.IsAsciiHexDigit(c) && Convert.ToUInt32(c.ToString(), 16) < radix;
            number = fits ? (number * radix) + Convert.ToUInt32(c.ToString(), 16) : ulong.MaxValue;
            if (number > uint.MaxValue)
            {
                return null;
            }
        }

        return digits.Length > 0 ? (uint)number : null;
    }
}
