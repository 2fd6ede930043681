using System.Text;

namespace Skep.Docker.Compose.Interpolation;

/// <summary>
/// Files of variables. `.env` in Compose's notation: `export`, quotes, comments, and variables in values. Docker's own
/// env_file is plainer: a line is NAME=VALUE and everything behind the sign counts.
/// </summary>
internal static class DotEnv
{
    /// <param name="lookup">Variables from outside, which values may refer to.</param>
    public static IReadOnlyList<KeyValuePair<string, string?>> Read(
        string text, string file, Func<string, string?> lookup, Action<ComposeWarning> warn)
    {
        var known = new Dictionary<string, string?>();
        var variables = new List<KeyValuePair<string, string?>>();
        text = WithoutMark(text);
        int line = 1;
        int index = 0;
        while (index < text.Length)
        {
            int end = text.IndexOf('\n', index);
            end = end < 0 ? text.Length : end;
            var place = new ComposePlace(file, line);
            string content = text[index..end].Trim();
            content = content.StartsWith("export ", StringComparison.Ordinal) ? content[7..].TrimStart() : content;
            if (content.Length > 0 && content[0] != '#')
            {
                int sign = content.IndexOfAny(['=', ':']);
                string name = (sign < 0 ? content : content[..sign]).TrimEnd();
                CheckName(name, place);
                string? value = null;
                if (sign >= 0)
                {
                    int from = text.IndexOfAny(['=', ':'], index) + 1;
                    bool isRaw;
                    (value, end, isRaw) = ReadValue(text, from, place);
                    value = isRaw ? value : Expand(value, place, name, one => Of(known, one) ?? lookup(one), warn);
                }

                known[name] = value ?? lookup(name);
                variables.Add(new(name, known[name]));
            }

            line += text[index..Math.Min(text.Length, end + 1)].Count(letter => letter == '\n');
            index = end + 1;
        }

        return variables;
    }

    /// <summary>Docker's own: no quotes, no variables. A name alone takes its value from outside.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> ReadPlain(
        string text, string file, Func<string, string?> lookup)
    {
        var variables = new List<KeyValuePair<string, string?>>();
        string[] lines = WithoutMark(text).Split('\n');
        for (int number = 0; number < lines.Length; number++)
        {
            string line = lines[number].TrimEnd('\r').TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var place = new ComposePlace(file, number + 1);
            int equals = line.IndexOf('=');
            string name = equals < 0 ? line : line[..equals];
            CheckName(name, place);
            if (equals >= 0)
            {
                variables.Add(new(name, line[(equals + 1)..]));
            }
            else if (lookup(name) is { } value)
            {
                variables.Add(new(name, value));
            }
        }

        return variables;
    }

    private static string? Of(Dictionary<string, string?> known, string name) => known.GetValueOrDefault(name);

    private static string WithoutMark(string text) => text.StartsWith('\uFEFF') ? text[1..] : text;

    private static void CheckName(string name, ComposePlace place)
    {
        if (name.Length == 0)
        {
            throw ComposeException.At(place, "invalid env file: no variable name before the sign");
        }

        if (name.AsSpan().ContainsAny(" \t"))
        {
            throw ComposeException.At(place, $"invalid env file: variable '{name}' contains whitespaces");
        }
    }

    private static string Expand(
        string value, ComposePlace place, string name, Func<string, string?> lookup, Action<ComposeWarning> warn)
    {
        try
        {
            return new Substitution(
                lookup,
                unset => warn(new(place, name, $"the variable {unset} is not set, a blank string stands in for it")))
                .Apply(value);
        }
        catch (SubstitutionException wrong)
        {
            throw ComposeException.At(place, $"invalid interpolation format for {name}: \"{wrong.Message}\"");
        }
    }

    /// <returns>The value, where its line ends, and whether it is to be taken as it is.</returns>
    private static (string Value, int End, bool IsRaw) ReadValue(string text, int from, ComposePlace place)
    {
        while (from < text.Length && text[from] is ' ' or '\t')
        {
            from++;
        }

        int lineEnd = text.IndexOf('\n', from);
        lineEnd = lineEnd < 0 ? text.Length : lineEnd;
        if (from >= text.Length || text[from] is not ('"' or '\''))
        {
            string plain = text[from..lineEnd];
            int comment = plain.IndexOf(" #", StringComparison.Ordinal);
            return ((comment < 0 ? plain : plain[..comment]).Trim(), lineEnd, false);
        }

        char quote = text[from];
        var value = new StringBuilder();
        for (int index = from + 1; index < text.Length; index++)
        {
            char letter = text[index];
            if (letter == quote)
            {
                int end = text.IndexOf('\n', index);
                return (value.ToString(), end < 0 ? text.Length : end, quote == '\'');
            }

            if (letter == '\\' && quote == '"' && index + 1 < text.Length)
            {
                index++;
                value.Append(Escaped(text[index]));
                continue;
            }

            value.Append(letter);
        }

        throw ComposeException.At(place, "invalid env file: a quoted value has no end");
    }

    private static string Escaped(char letter) => letter switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' => letter.ToString(),
        '$' => "$$",
        _ => "\\" + letter,
    };
}
