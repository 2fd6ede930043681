namespace Skep.Cli.Grammar;

/// <summary>How many words a command takes after its options, and what it says about a wrong number.</summary>
internal sealed record WordCount(int Min, int Max)
{
    public static readonly WordCount None = new(0, 0);
    public static readonly WordCount Any = new(0, int.MaxValue);

    public static WordCount Exactly(int count) => new(count, count);

    public static WordCount AtLeast(int count) => new(count, int.MaxValue);

    public static WordCount AtMost(int count) => new(0, count);

    /// <returns>The first line of docker's complaint; null: the number is right.</returns>
    public string? Complaint(string path, int count)
    {
        if (count >= Min && count <= Max)
        {
            return null;
        }

        if (Max == 0)
        {
            return $"'{path}' accepts no arguments";
        }

        string wanted = Min == Max ? Plural(Min)
            : Max == int.MaxValue ? "at least " + Plural(Min)
            : Min == 0 ? "at most " + Plural(Max)
            : $"at least {Min} and at most {Plural(Max)}";
        return $"'{path}' requires {wanted}";
    }

    /// <summary>docker says "See" only where a minimum is meant.</summary>
    public string Pointer => Min > 0 && Max == int.MaxValue ? "See" : "Run";

    private static string Plural(int count) => count == 1 ? "1 argument" : $"{count} arguments";
}
