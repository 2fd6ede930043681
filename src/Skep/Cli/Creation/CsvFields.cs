using System.Text;

namespace Skep.Cli.Creation;

/// <summary>One line of comma-separated fields; a field in double quotes may hold commas.</summary>
internal static class CsvFields
{
    public static IReadOnlyList<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && (isQuoted || field.Length == 0))
            {
                bool isEscaped = isQuoted && i + 1 < line.Length && line[i + 1] == '"';
                if (isEscaped)
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }
            }
            else if (c == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '"' && !isQuoted)
            {
                throw new FormatException($"parse error on line 1, column {i + 1}: bare \" in non-quoted-field");
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return isQuoted
            ? throw new FormatException($"parse error on line 1, column {line.Length + 1}: "
                + "extraneous or missing \" in quoted-field")
            : fields;
    }
}
