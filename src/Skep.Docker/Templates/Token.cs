namespace Skep.Docker.Templates;

internal enum TokenKind
{
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Field,
    Dot,
    Variable,
    Identifier,
    Keyword,
    Bool,
    Nil,
    Number,
    Quoted,
    Pipe,
    Declare,
    Assign,
    Comma,
    LeftParenthesis,
    RightParenthesis,
    End,
}

/// <summary>One word of a template.</summary>
/// <param name="Text">As written, quotes included.</param>
/// <param name="Position">Index of its first character in the template.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position);
