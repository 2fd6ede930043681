using System.CommandLine;
using System.CommandLine.Parsing;

namespace Skep.Cli.Grammar;

/// <summary>Makes options that read, refuse and describe their values as docker's flags do.</summary>
internal static class Flags
{
    public const string ListType = "list";
    public const string TextType = "string";

    public static Option<bool> Switch(string name, char? letter, string description, bool initial = false)
    {
        Option<bool> option = Make(name, letter, "", description, ParseBool);
        option.DefaultValueFactory = _ => initial;
        return option;
    }

    public static Option<string> Text(
        string name, char? letter, string description, string initial = "", string type = TextType)
    {
        Option<string> option = Make(name, letter, type, description, text => text);
        option.DefaultValueFactory = _ => initial;
        return option;
    }

    /// <summary>A whole number; the words of a refusal name Go's type, as docker's do.</summary>
    public static Option<long> Number(string name, char? letter, string description, long initial = 0,
        string type = "int")
    {
        bool isUnsigned = type.StartsWith('u');
        long max = type switch { "uint16" => ushort.MaxValue, "uint32" => uint.MaxValue, _ => long.MaxValue };
        Option<long> option = Make(name, letter, type, description, text =>
        {
            object? number = text.Length > 0 && !text.Contains('.') ? Docker.Templates.GoLiterals.Number(text) : null;
            string function = isUnsigned ? "strconv.ParseUint" : "strconv.ParseInt";
            return number is long value && (!isUnsigned || value >= 0)
                ? value <= max ? value : throw new FormatException(
                    $"{function}: parsing {Quote(text)}: value out of range")
                : throw new FormatException($"{function}: parsing {Quote(text)}: invalid syntax");
        });
        option.DefaultValueFactory = _ => initial;
        return option;
    }

    /// <summary>A flag that may be given several times.</summary>
    /// <param name="check">Returns the value as it is kept; throws FormatException.</param>
    public static Option<string[]> List(
        string name, char? letter, string description, Func<string, string>? check = null, string type = ListType)
    {
        var option = new Option<string[]>("--" + name, LetterAlias(letter))
        {
            Description = description,
            HelpName = type,
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        option.CustomParser = result =>
        {
            var values = new List<string>();
            foreach (Token token in result.Tokens)
            {
                Read(result, option, token.Value, text => check?.Invoke(text) ?? text, values.Add);
            }

            return [.. values];
        };
        return option;
    }

    /// <summary>A flag of any other type.</summary>
    /// <param name="parse">Throws FormatException with docker's words.</param>
    public static Option<T> Make<T>(
        string name, char? letter, string type, string description, Func<string, T> parse)
    {
        var option = new Option<T>("--" + name, LetterAlias(letter))
        {
            Description = description,
            HelpName = type,
            Arity = ArgumentArity.ExactlyOne,
        };
        option.CustomParser = result =>
        {
            T? value = default;
            Read(result, option, result.Tokens[^1].Value, parse, parsed => value = parsed);
            return value!;
        };
        return option;
    }

    public static Option<T> Hide<T>(Option<T> option)
    {
        option.Hidden = true;
        return option;
    }

    /// <summary>The flag as docker's messages name it: "-m, --memory".</summary>
    public static string Spell(Option option) =>
        Letter(option) is char letter ? $"-{letter}, {option.Name}" : option.Name;

    /// <exception cref="FormatException">With Go's words.</exception>
    public static bool ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing {Quote(text)}: invalid syntax"),
    };

    /// <summary>What is said about a value that does not fit.</summary>
    public static string Refusal(Option option, string text, FormatException refusal) =>
        $"invalid argument {Quote(text)} for \"{Spell(option)}\" flag: {refusal.Message}";

    public static char? Letter(Option option)
    {
        foreach (string alias in option.Aliases)
        {
            if (alias.Length == 2)
            {
                return alias[1];
            }
        }

        return null;
    }

    public static bool IsSwitch(Option option) => option.HelpName is null or "";

    public static bool IsList(Option option) => option.Arity.MaximumNumberOfValues > 1;

    private static string[] LetterAlias(char? letter) => letter is char c ? [$"-{c}"] : [];

    private static void Read<T>(
        ArgumentResult result, Option option, string text, Func<string, T> parse, Action<T> keep)
    {
        try
        {
            keep(parse(text));
        }
        catch (FormatException refusal)
        {
            result.AddError(Refusal(option, text, refusal));
        }
    }

    private static string Quote(string text) => Docker.Templates.GoLiterals.Quote(text);
}
