namespace Skep.Cli.Tables;

/// <summary>Orders names with numbers as a person would: "web2" before "web10".</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        string a = left ?? "";
        string b = right ?? "";
        int i = 0;
        int j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (!char.IsAsciiDigit(a[i]) || !char.IsAsciiDigit(b[j]))
            {
                if (a[i] != b[j])
                {
                    return a[i].CompareTo(b[j]);
                }

                i++;
                j++;
                continue;
            }

            (string first, i) = Digits(a, i);
            (string second, j) = Digits(b, j);
            int order = first.Length != second.Length
                ? first.Length.CompareTo(second.Length)
                : string.CompareOrdinal(first, second);
            if (order != 0)
            {
                return order;
            }
        }

        return (a.Length - i).CompareTo(b.Length - j);
    }

    private static (string Digits, int End) Digits(string text, int start)
    {
        int end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return (text[start..end].TrimStart('0'), end);
    }
}
