using Skep.Docker.Stacks;
using Skep.Docker.Templates;

namespace Skep.Cli.Stacks;

/// <summary>Which words are names of stacks.</summary>
internal static class StackNames
{
    /// <summary>The filter that finds what belongs to a stack.</summary>
    public static string Filter(string stack) => $"label={StackScope.NamespaceLabel}={stack}";

    /// <exception cref="CommandFailedException">A name is empty but for blanks and quotes.</exception>
    public static void Check(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (name.All(letter => char.IsWhiteSpace(letter) || letter is '"' or '\''))
            {
                throw new CommandFailedException($"invalid stack name: {GoLiterals.Quote(name)}");
            }
        }
    }
}
