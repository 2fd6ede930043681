using System.Text.RegularExpressions;

namespace Skep.Docker.References;

/// <summary>The grammar of image references (distribution/reference, regexp.go).</summary>
internal static partial class ReferenceGrammar
{
    /// <summary>Characters of a repository's path (distribution/reference, RepositoryNameTotalLengthMax).</summary>
    public const int NameLengthMax = 255;

    private const string DomainPart = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private const string Host = $@"(?:{DomainPart}(?:\.{DomainPart})*|\[[a-fA-F0-9:]+\])";
    private const string PathPart = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";
    private const string TagText = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
    private const string DigestText = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

    /// <summary>Characters of a whole reference: what can match at all. Keeps matching cheap.</summary>
    public const int TextLengthMax = 1024;

    [GeneratedRegex(
        $@"^(?<domain>{Host}(?::[0-9]+)?)/(?<path>{PathPart}(?:/{PathPart})*)(?::(?<tag>{TagText}))?"
            + $@"(?:@(?<digest>{DigestText}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    public static partial Regex Reference();

    [GeneratedRegex($@"^{TagText}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Tag();

    [GeneratedRegex(@"^[a-f0-9]{64}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Identifier();
}
