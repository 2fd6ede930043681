using System.Text;

namespace Skep.Docker.Compose.Interpolation;

/// <summary>Puts variables into text: $NAME, ${NAME} and ${NAME…} with an operator; $$ is a dollar.</summary>
/// <remarks>
/// Operators: `:-` and `-` give a value for what is empty or not set, for what is not set; `:?` and `?` refuse it with
/// a message; `:+` and `+` replace what is there. What stands behind an operator may hold variables itself.
/// </remarks>
internal sealed class Substitution(Func<string, string?> lookup, Action<string> warnUnset)
{
    /// <summary>
    /// $NAME takes an operator without braces too, as Docker's own reader of version 3 has it: $NAME-x is x when NAME
    /// is not set, and its value without the x when it is.
    /// </summary>
    public bool HasBareOperators { get; init; }

    /// <exception cref="SubstitutionException">The template is not well-formed, or a variable is missing.</exception>
    public string Apply(string text) => Apply(text, 0);

    private string Apply(string text, int depth)
    {
        if (depth > ComposeLimits.SubstitutionDepth)
        {
            throw new SubstitutionException(
                $"variables are nested deeper than {ComposeLimits.SubstitutionDepth} levels");
        }

        if (!text.Contains('$'))
        {
            return text;
        }

        var result = new StringBuilder();
        int index = 0;
        while (index < text.Length)
        {
            if (text[index] != '$')
            {
                result.Append(text[index++]);
                continue;
            }

            char next = index + 1 < text.Length ? text[index + 1] : '\0';
            if (next == '$')
            {
                result.Append('$');
                index += 2;
            }
            else if (next == '{')
            {
                int end = EndOfBraces(text, index + 2);
                result.Append(Expand(text[(index + 2)..end], text, depth));
                index = end + 1;
            }
            else
            {
                int end = EndOfBare(text, index + 1);
                result.Append(Expand(text[(index + 1)..end], text, depth));
                index = end;
            }
        }

        return result.ToString();
    }

    private string Expand(string inside, string template, int depth)
    {
        int length = NameLength(inside, 0);
        if (length == 0)
        {
            throw new SubstitutionException(template);
        }

        string name = inside[..length];
        string rest = inside[length..];
        string? value = lookup(name);
        if (rest.Length == 0)
        {
            if (value is null)
            {
                warnUnset(name);
            }

            return value ?? "";
        }

        bool mindsEmpty = rest[0] == ':';
        string operation = mindsEmpty ? rest[1..] : rest;
        bool isThere = mindsEmpty ? !string.IsNullOrEmpty(value) : value is not null;
        return operation switch
        {
            ['-', ..] => isThere ? value! : Apply(operation[1..], depth + 1),
            ['+', ..] => isThere ? Apply(operation[1..], depth + 1) : "",
            ['?', ..] when isThere => value!,
            ['?', ..] => throw new SubstitutionException(
                $"required variable {name} is missing a value: {Apply(operation[1..], depth + 1)}"),
            _ => throw new SubstitutionException(template),
        };
    }

    /// <summary>The brace that closes, past those of variables inside.</summary>
    private static int EndOfBraces(string text, int from)
    {
        int open = 1;
        for (int index = from; index < text.Length; index++)
        {
            if (text[index] == '$' && index + 1 < text.Length && text[index + 1] is '{' or '$')
            {
                open += text[index + 1] == '{' ? 1 : 0;
                index++;
            }
            else if (text[index] == '}' && --open == 0)
            {
                return index;
            }
        }

        throw new SubstitutionException(text);
    }

    private int EndOfBare(string text, int from)
    {
        int end = from + NameLength(text, from);
        bool hasOperator = HasBareOperators && end > from && end < text.Length
            && (text[end] is '-' or '?' || (text[end] == ':' && end + 1 < text.Length && text[end + 1] is '-' or '?'));
        if (!hasOperator)
        {
            return end;
        }

        int brace = text.IndexOf('}', end);
        return brace < 0 ? text.Length : brace;
    }

    private static int NameLength(string text, int from)
    {
        int end = from;
        while (end < text.Length
            && (text[end] == '_' || char.IsAsciiLetter(text[end]) || (end > from && char.IsAsciiDigit(text[end]))))
        {
            end++;
        }

        return end - from;
    }
}

/// <summary>A template that cannot be filled in. The message is the template, or which variable it lacks.</summary>
internal sealed class SubstitutionException(string template) : Exception(template);
