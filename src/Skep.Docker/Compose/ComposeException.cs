namespace Skep.Docker.Compose;

/// <summary>A compose file that is refused. The message names file, line, key and what was expected.</summary>
public sealed class ComposeException(string message, ComposePlace? place) : Exception(message)
{
    /// <summary>Null where no single line is to blame.</summary>
    public ComposePlace? Place => place;

    public static ComposeException At(ComposePlace place, string message) => new($"{place}: {message}", place);
}
