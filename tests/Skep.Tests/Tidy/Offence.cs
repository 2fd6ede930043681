namespace Skep.Tests.Tidy;

/// <summary>Something in the tree that a rule of the house forbids.</summary>
/// <param name="Rule">The rule's name, as <c>Allowed.txt</c> spells it.</param>
/// <param name="Path">The file, relative to the root.</param>
/// <param name="Line">Counted from 1; 0 when the whole file is meant.</param>
/// <param name="What">What was found there.</param>
internal sealed record Offence(string Rule, string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {Rule}: {What}";
}
