using System.Text;
using System.Text.RegularExpressions;
using Skep.Swarm;

namespace Skep.Docker.References;

/// <summary>
/// The pattern of the filter "reference": Go's path.Match over the familiar form or the familiar name.
/// </summary>
public sealed class ReferencePattern
{
    // A filter is a user's text: the limit stops a pattern that would be expensive to match.
    private static readonly TimeSpan MatchTimeMax = TimeSpan.FromSeconds(1);

    private readonly Regex pattern;

    public ReferencePattern(string glob) =>
        pattern = new Regex(ToRegex(glob), RegexOptions.CultureInvariant, MatchTimeMax);

    public bool Matches(ImageReference reference) =>
        pattern.IsMatch(reference.Familiar) || pattern.IsMatch(reference.FamiliarName);

    // '*' and '?' do not cross a slash; [a-z] and [^a-z] are classes; '\' takes the next character as it is.
    private static string ToRegex(string glob)
    {
        var regex = new StringBuilder("^");
        for (int i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '\\' when i + 1 < glob.Length:
                    regex.Append(Regex.Escape(glob[++i].ToString()));
                    break;
                case '[':
                    i = AppendClass(glob, i, regex);
                    break;
                case '\\':
                    throw Broken();
                default:
                    regex.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        return regex.Append("\\z").ToString();
    }

    private static int AppendClass(string glob, int start, StringBuilder regex)
    {
        int end = glob.IndexOf(']', start + 1);
        if (end < 0 || end == start + 1)
        {
            throw Broken();
        }

        ReadOnlySpan<char> inside = glob.AsSpan(start + 1, end - start - 1);
        bool negated = inside[0] == '^';
        regex.Append(negated ? "[^" : "[");
        foreach (char c in negated ? inside[1..] : inside)
        {
            regex.Append(c is '-' ? "-" : c is '[' or '\\' or '^' ? "\\" + c : c.ToString());
        }

        regex.Append(']');
        return end;
    }

    private static RefusedException Broken() => new(ErrorKind.Invalid, "syntax error in pattern");
}
