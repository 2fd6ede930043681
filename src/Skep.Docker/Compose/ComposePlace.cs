namespace Skep.Docker.Compose;

/// <summary>Where in the user's files something is written.</summary>
/// <param name="File">As the user named it; "-" for standard input.</param>
/// <param name="Line">The first line is 1.</param>
public sealed record ComposePlace(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A key that is read, but changes nothing or less than its author expects.</summary>
/// <param name="Key">The whole path: services.web.build.</param>
/// <param name="Text">What happens instead, and the way out.</param>
public sealed record ComposeWarning(ComposePlace Place, string Key, string Text)
{
    public override string ToString() => $"{Place}: {Key}: {Text}";
}
