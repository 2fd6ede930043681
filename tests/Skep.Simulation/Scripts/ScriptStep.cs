namespace Skep.Simulation.Scripts;

/// <summary>One command of a script and the text it must answer.</summary>
internal sealed record ScriptStep(
    int Line, string Command, IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Arguments,
    string Input, string Expected)
{
    public IReadOnlyList<string> Values(string key) =>
        Arguments.FirstOrDefault(it => it.Key == key && it.Values.Count > 0).Values ?? [];

    public string? Value(string key) => Values(key).FirstOrDefault();

    public bool IsTrue(string key) => Value(key) == "true";

    /// <summary>The arguments without a value, as ids.</summary>
    public IReadOnlyList<ulong> Ids() =>
        [.. Arguments.Where(it => it.Values.Count == 0).Select(it => ulong.Parse(it.Key))];

    /// <summary>
    /// Reads a file: comments, a command line with its input, four dashes, the answer, an empty line.
    /// </summary>
    public static IReadOnlyList<ScriptStep> Read(string text)
    {
        string[] lines = text.Split('\n');
        var steps = new List<ScriptStep>();
        for (int index = 0; index < lines.Length; index++)
        {
            if (lines[index].Length == 0 || lines[index].StartsWith('#'))
            {
                continue;
            }

            int head = index;
            while (lines[index] != "----")
            {
                index++;
            }

            int answer = ++index;
            while (index < lines.Length && lines[index].Length > 0)
            {
                index++;
            }

            (string command, var arguments) = ReadHead(lines[head]);
            steps.Add(new ScriptStep(
                head + 1, command, arguments,
                string.Join('\n', lines[(head + 1)..(answer - 1)]), string.Join('\n', lines[answer..index])));
        }

        return steps;
    }

    private static (string, List<(string, IReadOnlyList<string>)>) ReadHead(string line)
    {
        // A list may hold spaces: voters=(1, 2).
        var words = new List<string>();
        string word = "";
        int depth = 0;
        foreach (char character in line + " ")
        {
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (character != ' ')
            {
                word += character;
            }
            else if (depth == 0 && word.Length > 0)
            {
                words.Add(word);
                word = "";
            }
        }

        return (words[0], [.. words.Skip(1).Select(ReadArgument)]);
    }

    private static (string, IReadOnlyList<string>) ReadArgument(string word)
    {
        string[] parts = word.Split('=', 2);
        return parts.Length == 1 ? (word, []) : (parts[0], parts[1].Trim('(', ')').Split(','));
    }
}
