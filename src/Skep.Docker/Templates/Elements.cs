namespace Skep.Docker.Templates;

/// <summary>The functions index and slice.</summary>
internal static class Elements
{
    public static object? Index(IReadOnlyList<object?> arguments)
    {
        object? item = arguments[0];
        if (item is null or NoValue)
        {
            throw new TemplateException("index of untyped nil");
        }

        foreach (object? index in arguments.Skip(1))
        {
            item = item switch
            {
                GoList list => list.Items[Position(index, list.Items.Count - 1)],
                string text => (long)text[Position(index, text.Length - 1)],
                GoMap map => index is string key
                    ? map.TryGet(key, out object? value) ? value : Missing(map)
                    : throw new TemplateException($"value has type {GoPrint.TypeName(index)}; should be string"),
                null => throw new TemplateException("index of nil pointer"),
                _ => throw new TemplateException($"can't index item of type {GoPrint.TypeName(item)}"),
            };
        }

        return item;
    }

    public static object? Slice(IReadOnlyList<object?> arguments)
    {
        object? item = arguments[0];
        int length = item switch
        {
            string text => text.Length,
            GoList list => list.Items.Count,
            null or NoValue => throw new TemplateException("slice of untyped nil"),
            _ => throw new TemplateException($"can't slice item of type {GoPrint.TypeName(item)}"),
        };
        int from = arguments.Count > 1 ? Position(arguments[1], length) : 0;
        int to = arguments.Count > 2 ? Position(arguments[2], length) : length;
        if (from > to)
        {
            throw new TemplateException($"invalid slice index: {from} > {to}");
        }

        return item is string source ? source[from..to] : new GoList([.. ((GoList)item!).Items.Take(to).Skip(from)]);
    }

    // A map of texts answers "" for a missing key; other maps answer nothing.
    private static object? Missing(GoMap map) => map.Entries.All(entry => entry.Value is string) ? "" : null;

    private static int Position(object? index, int max) => index switch
    {
        long position when position >= 0 && position <= max => (int)position,
        long position => throw new TemplateException($"index out of range: {position}"),
        null => throw new TemplateException("cannot index slice/array with nil"),
        _ => throw new TemplateException($"cannot index slice/array with type {GoPrint.TypeName(index)}"),
    };
}
