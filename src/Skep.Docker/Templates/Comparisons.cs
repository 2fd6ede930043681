namespace Skep.Docker.Templates;

/// <summary>eq, ne, lt, le, gt and ge: only values of one basic kind compare.</summary>
internal static class Comparisons
{
    public static object EqualsAny(IReadOnlyList<object?> arguments)
    {
        if (arguments.Count < 2)
        {
            throw new TemplateException("missing argument for comparison");
        }

        return arguments.Skip(1).Any(other => AreEqual(arguments[0], other));
    }

    public static bool AreEqual(object? left, object? right)
    {
        left = left is NoValue ? null : left;
        right = right is NoValue ? null : right;
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        if (Kind(left) != Kind(right))
        {
            throw new TemplateException("incompatible types for comparison");
        }

        return Kind(left) == "" ? throw new TemplateException($"non-comparable type {GoPrint.Text(left)}: "
            + GoPrint.TypeName(left)) : left.Equals(right);
    }

    public static int Compare(object? left, object? right)
    {
        if (Kind(left) != Kind(right))
        {
            throw new TemplateException("incompatible types for comparison");
        }

        return (left, right) switch
        {
            (long a, long b) => a.CompareTo(b),
            (double a, double b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            _ => throw new TemplateException("invalid type for comparison"),
        };
    }

    private static string Kind(object? value) =>
        value is bool or long or double or string ? GoPrint.TypeName(value) : "";
}
