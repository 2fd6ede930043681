using System.Text;

namespace Skep.Docker.Values;

/// <summary>A command line in one word, parted as a shell does it: quotes, backslashes, comments.</summary>
public static class ShellWords
{
    private const string Blanks = " \t\r\n";

    /// <exception cref="FormatException">With docker's words.</exception>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == quote)
            {
                quote = '\0';
            }
            else if (c == '\\' && quote != '\'')
            {
                i++;
                word = (word ?? new StringBuilder()).Append(
                    i < line.Length ? line[i] : throw new FormatException("EOF found after escape character"));
            }
            else if (quote != '\0')
            {
                word!.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                word ??= new StringBuilder();
            }
            else if (Blanks.Contains(c))
            {
                words.AddRange(word is null ? [] : [word.ToString()]);
                word = null;
            }
            else if (c == '#' && word is null)
            {
                int end = line.IndexOf('\n', i);
                i = end < 0 ? line.Length : end;
            }
            else
            {
                word = (word ?? new StringBuilder()).Append(c);
            }
        }

        return quote == '\0'
            ? [.. words, .. word is null ? Array.Empty<string>() : [word.ToString()]]
            : throw new FormatException("EOF found when expecting closing quote");
    }
}
