namespace Skep.Cli.Completing;

/// <summary>Reads what a command's words stand for from its usage line: "[OPTIONS] NETWORK CONTAINER".</summary>
internal static class UsageWords
{
    /// <param name="index">Of the word; the last of the line may stand for many.</param>
    public static NameKind KindOf(string usage, int index)
    {
        string[] words = [.. usage.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word is not "[OPTIONS]" and not "COMMAND")];
        if (words.Length == 0)
        {
            return NameKind.None;
        }

        bool isOver = index >= words.Length;
        string word = words[Math.Min(index, words.Length - 1)];
        return isOver && !word.Contains("...") ? NameKind.None : KindOf(word);
    }

    private static NameKind KindOf(string word)
    {
        string name = word.Trim('[', ']', '.').Replace("...]", "");
        return name switch
        {
            "CONFIG" => NameKind.Config,
            "CONTAINER" => NameKind.Container,
            "CONTEXT" => NameKind.Context,
            "IMAGE" or "SOURCE_IMAGE" => NameKind.Image,
            "NETWORK" => NameKind.Network,
            "NODE" or "self|NODE" => NameKind.Node,
            "SECRET" => NameKind.Secret,
            "SERVICE" => NameKind.Service,
            "STACK" => NameKind.Stack,
            "VOLUME" => NameKind.Volume,
            _ when name.StartsWith("SERVICE=", StringComparison.Ordinal) => NameKind.Service,
            _ when name.StartsWith("SOURCE_IMAGE", StringComparison.Ordinal)
                || name.StartsWith("NAME[:TAG", StringComparison.Ordinal) => NameKind.Image,
            _ when name.StartsWith("CONTAINER:", StringComparison.Ordinal) => NameKind.Container,
            _ when name.Contains("file", StringComparison.OrdinalIgnoreCase) => NameKind.File,
            _ => NameKind.None,
        };
    }
}
