using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Skep.Tests.Tidy;

/// <summary>What may stand in a C# file: the part of the house style that a machine can see.</summary>
internal static partial class CodeRules
{
    public const int FileLinesMax = 500;
    public const int MethodLinesMax = 60;
    public const int LineColumnsMax = 120;

    private static readonly string[] bannedAnywhere =
        ["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Impl", "Common"];

    private static readonly string[] bannedAtTheEnd = ["Manager", "Base"];

    public static IEnumerable<Offence> Names(SourceFile file)
    {
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            SyntaxToken? name = node switch
            {
                BaseTypeDeclarationSyntax type => type.Identifier,
                DelegateDeclarationSyntax type => type.Identifier,
                _ => null,
            };
            if (name is { } identifier && IsBanned(identifier.Text))
            {
                yield return At("names", file, identifier, $"'{identifier.Text}' does not say what it does");
            }
        }
    }

    public static IEnumerable<Offence> Lengths(SourceFile file)
    {
        if (file.Lines.Count - 1 > FileLinesMax)
        {
            yield return new Offence(
                "file-length", file.Path, 0, $"{file.Lines.Count - 1} lines, at most {FileLinesMax}");
        }

        for (int index = 0; index < file.Lines.Count; index++)
        {
            if (file.Lines[index].TrimEnd('\r').Length > LineColumnsMax)
            {
                yield return new Offence(
                    "line-length", file.Path, index + 1,
                    $"{file.Lines[index].Length} columns, at most {LineColumnsMax}");
            }
        }

        foreach (SyntaxNode node in file.Root.DescendantNodes().Where(IsMethod))
        {
            FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
            int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (lines > MethodLinesMax)
            {
                yield return At(
                    "method-length", file, node.GetFirstToken(), $"{lines} lines, at most {MethodLinesMax}");
            }
        }
    }

    public static IEnumerable<Offence> Comments(SourceFile file)
    {
        foreach (SyntaxTrivia trivia in file.Root.DescendantTrivia(descendIntoTrivia: true))
        {
            if (trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
            {
                yield return At("regions", file, trivia, "a region hides what should be a type of its own");
            }

            if (IsComment(trivia) && OpenEnd().IsMatch(trivia.ToString()))
            {
                yield return At("open-ends", file, trivia, "write the issue's number behind it: TODO(#12)");
            }
        }
    }

    public static IEnumerable<Offence> Catches(SourceFile file)
    {
        foreach (CatchClauseSyntax clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>())
        {
            if (clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(IsComment))
            {
                yield return At("empty-catch", file, clause.CatchKeyword, "say why nothing is to be done");
            }

            string? type = clause.Declaration?.Type.ToString();
            bool catchesAll = type is null or "Exception" or "System.Exception";
            if (catchesAll && !NamesTypes(clause.Filter) && !EndsByThrowing(clause))
            {
                yield return At("catch-all", file, clause.CatchKeyword, "only a supervisor may catch everything");
            }
        }
    }

    public static IEnumerable<Offence> Unsafe(SourceFile file)
    {
        if (file.Path.StartsWith("src/Skep.Linux/", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (SyntaxToken token in file.Root.DescendantTokens().Where(it => it.IsKind(SyntaxKind.UnsafeKeyword)))
        {
            yield return At("unsafe", file, token, "unsafe code belongs to Skep.Linux");
        }

        foreach (AttributeSyntax attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
        {
            if (attribute.Name.ToString() is "DllImport" or "LibraryImport")
            {
                yield return At("unsafe", file, attribute.GetFirstToken(), "system calls belong to Skep.Linux");
            }
        }
    }

    private static bool IsBanned(string name)
    {
        List<string> words = [.. Words().Matches(name).Select(match => match.Value)];
        return words.Exists(word => bannedAnywhere.Contains(word))
            || (words.Count > 0 && bannedAtTheEnd.Contains(words[^1]));
    }

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
        || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
        || trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia);

    /// <summary><c>when (error is IOException or …)</c> catches what it names, not everything.</summary>
    private static bool NamesTypes(CatchFilterClauseSyntax? filter) =>
        filter?.DescendantNodes().OfType<IsPatternExpressionSyntax>().Any() == true
        || filter?.DescendantNodes().Any(node => node.IsKind(SyntaxKind.IsExpression)) == true;

    /// <summary>Cleaning up and throwing on lets the error through.</summary>
    private static bool EndsByThrowing(CatchClauseSyntax clause) =>
        clause.Block.Statements.LastOrDefault() is ThrowStatementSyntax;

    private static Offence At(string rule, SourceFile file, SyntaxToken token, string what) =>
        new(rule, file.Path, token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, what);

    private static Offence At(string rule, SourceFile file, SyntaxTrivia trivia, string what) =>
        new(rule, file.Path, trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, what);

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?!\(#\d+\))")]
    private static partial Regex OpenEnd();
}
