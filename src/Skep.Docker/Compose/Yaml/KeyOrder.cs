using System.Text;

namespace Skep.Docker.Compose.Yaml;

/// <summary>The order in which Docker prints keys: letters last, numbers in text by their value.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        Rune[] a = [.. (left ?? "").EnumerateRunes()];
        Rune[] b = [.. (right ?? "").EnumerateRunes()];
        bool afterDigit = false;
        for (int index = 0; index < a.Length && index < b.Length; index++)
        {
            if (a[index] == b[index])
            {
                afterDigit = Rune.IsDigit(a[index]);
                continue;
            }

            bool isLetterA = Rune.IsLetter(a[index]);
            bool isLetterB = Rune.IsLetter(b[index]);
            if (isLetterA && isLetterB)
            {
                return a[index].CompareTo(b[index]);
            }

            if (isLetterA || isLetterB)
            {
                bool isLess = afterDigit ? isLetterA : isLetterB;
                return isLess ? -1 : 1;
            }

            return CompareNumbers(a, b, index);
        }

        return a.Length - b.Length;
    }

    private static int CompareNumbers(Rune[] a, Rune[] b, int index)
    {
        bool startsInside = IsZero(a[index]) || IsZero(b[index]);
        long start = startsInside && HasDigitOtherThanZeroBefore(a, index) ? 1 : 0;
        (long numberA, int endA) = NumberAt(a, index, start);
        (long numberB, int endB) = NumberAt(b, index, start);
        return numberA != numberB ? numberA.CompareTo(numberB)
            : endA != endB ? endA - endB
            : a[index].CompareTo(b[index]);
    }

    private static bool IsZero(Rune rune) => rune.Value == '0';

    private static bool HasDigitOtherThanZeroBefore(Rune[] text, int index)
    {
        for (int at = index - 1; at >= 0 && Rune.IsDigit(text[at]); at--)
        {
            if (!IsZero(text[at]))
            {
                return true;
            }
        }

        return false;
    }

    private static (long Number, int End) NumberAt(Rune[] text, int index, long number)
    {
        int end = index;
        while (end < text.Length && Rune.IsDigit(text[end]))
        {
            number = unchecked((number * 10) + (text[end].Value - '0'));
            end++;
        }

        return (number, end);
    }
}
