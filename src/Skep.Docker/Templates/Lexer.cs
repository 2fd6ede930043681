namespace Skep.Docker.Templates;

/// <summary>Cuts a template into tokens; spaces inside actions are tokens, because they part arguments.</summary>
internal sealed partial class Lexer
{
    private const string Blank = " \t\r\n";

    private readonly string source;
    private readonly string name;
    private readonly List<Token> tokens = [];
    private int position;
    private int parentheses;

    private Lexer(string source, string name)
    {
        this.source = source;
        this.name = name;
    }

    /// <param name="name">The template's, for messages.</param>
    public static IReadOnlyList<Token> Cut(string source, string name)
    {
        var lexer = new Lexer(source, name);
        while (lexer.position < source.Length)
        {
            lexer.CutText();
        }

        lexer.Add(TokenKind.End, source.Length, source.Length);
        return lexer.tokens;
    }

    /// <summary>The number of the line that a position is in, from 1, and the column, from 0.</summary>
    public static (int Line, int Column) Locate(string source, int position)
    {
        int line = source.AsSpan(0, position).Count('\n') + 1;
        int start = position == 0 ? 0 : source.LastIndexOf('\n', position - 1) + 1;
        return (line, position - start);
    }

    // Text up to the next action, without the white space that "{{- " trims, then the action.
    private void CutText()
    {
        int open = source.IndexOf("{{", position, StringComparison.Ordinal);
        if (open < 0)
        {
            Add(TokenKind.Text, position, source.Length);
            position = source.Length;
            return;
        }

        bool trims = IsTrim(open + 2);
        int end = open;
        while (trims && end > position && Blank.Contains(source[end - 1]))
        {
            end--;
        }

        if (end > position)
        {
            Add(TokenKind.Text, position, end);
        }

        position = open + 2 + (trims ? 2 : 0);
        if (source.AsSpan(position).StartsWith("/*"))
        {
            SkipComment();
            return;
        }

        Add(TokenKind.LeftDelimiter, open, open + 2);
        parentheses = 0;
        while (CutInside())
        {
        }
    }

    // "- " after the left delimiter.
    private bool IsTrim(int at) =>
        at + 1 < source.Length && source[at] == '-' && Blank.Contains(source[at + 1]);

    private void SkipComment()
    {
        int close = source.IndexOf("*/", position, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Failure("unclosed comment");
        }

        position = close + 2;
        if (!TryRightDelimiter(emit: false))
        {
            throw Failure("comment ends before closing delimiter");
        }
    }

    // "}}" or " -}}"; the second eats the white space after it.
    private bool TryRightDelimiter(bool emit)
    {
        ReadOnlySpan<char> rest = source.AsSpan(position);
        bool trims = rest.Length > 3 && Blank.Contains(rest[0]) && rest[1..].StartsWith("-}}");
        if (!trims && !rest.StartsWith("}}"))
        {
            return false;
        }

        if (parentheses > 0)
        {
            throw Failure("unclosed left paren");
        }

        int start = position + (trims ? 2 : 0);
        if (emit)
        {
            Add(TokenKind.RightDelimiter, start, start + 2);
        }

        position = start + 2;
        while (trims && position < source.Length && Blank.Contains(source[position]))
        {
            position++;
        }

        return true;
    }

    // One token inside an action; false after the right delimiter.
    private bool CutInside()
    {
        if (TryRightDelimiter(emit: true))
        {
            return false;
        }

        if (position >= source.Length)
        {
            throw Failure("unclosed action");
        }

        char first = source[position];
        switch (first)
        {
            case ' ' or '\t' or '\r' or '\n':
                CutSpace();
                break;
            case '"':
                CutQuoted('"', "unterminated quoted string");
                break;
            case '`':
                CutQuoted('`', "unterminated raw quoted string");
                break;
            case '\'':
                CutQuoted('\'', "unterminated character constant");
                break;
            case ':':
                if (position + 1 >= source.Length || source[position + 1] != '=')
                {
                    throw Failure("expected :=");
                }

                Take(TokenKind.Declare, 2);
                break;
            case '=':
                Take(TokenKind.Assign, 1);
                break;
            case '|':
                Take(TokenKind.Pipe, 1);
                break;
            case ',':
                Take(TokenKind.Comma, 1);
                break;
            case '(':
                parentheses++;
                Take(TokenKind.LeftParenthesis, 1);
                break;
            case ')':
                CutRightParenthesis();
                break;
            default:
                CutWord(first);
                break;
        }

        return true;
    }

    private void Take(TokenKind kind, int length)
    {
        Add(kind, position, position + length);
        position += length;
    }

    private void Add(TokenKind kind, int start, int end) => tokens.Add(new Token(kind, source[start..end], start));

    private TemplateException Failure(string what) =>
        new($"template: {name}:{Locate(source, Math.Min(position, source.Length)).Line}: {what}");
}
