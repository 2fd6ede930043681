namespace Skep.Cli.Streams;

/// <summary>Which of the program's streams are joined to a container's.</summary>
/// <param name="IsTerminal">The container has a terminal: one raw stream instead of frames.</param>
internal sealed record StreamWishes(bool Input, bool Output, bool Errors, bool IsTerminal, string DetachKeys);
