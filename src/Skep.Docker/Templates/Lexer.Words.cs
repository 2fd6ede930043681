namespace Skep.Docker.Templates;

/// <summary>Tokens of more than one character.</summary>
internal sealed partial class Lexer
{
    private void CutRightParenthesis()
    {
        if (--parentheses < 0)
        {
            throw Failure("unexpected right paren");
        }

        Take(TokenKind.RightParenthesis, 1);
    }

    private void CutSpace()
    {
        int end = position;
        while (end < source.Length && Blank.Contains(source[end]))
        {
            // The blank before "-}}" belongs to the delimiter.
            if (source.AsSpan(end + 1).StartsWith("-}}"))
            {
                break;
            }

            end++;
        }

        if (end > position)
        {
            Add(TokenKind.Space, position, end);
            position = end;
        }
    }

    private void CutQuoted(char quote, string unterminated)
    {
        int end = position + 1;
        while (end < source.Length && source[end] != quote)
        {
            if (quote != '`' && source[end] == '\n')
            {
                throw Failure(unterminated);
            }

            end += quote != '`' && source[end] == '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw Failure(unterminated);
        }

        Take(TokenKind.Quoted, end + 1 - position);
    }

    private void CutWord(char first)
    {
        bool isNumber = char.IsAsciiDigit(first)
            || (first is '+' or '-' or '.' && position + 1 < source.Length && char.IsAsciiDigit(source[position + 1]));
        if (isNumber)
        {
            int end = position + 1;
            while (end < source.Length && (IsWordPart(source[end]) || source[end] == '.'
                || (source[end] is '+' or '-' && source[end - 1] is 'e' or 'E')))
            {
                end++;
            }

            Take(TokenKind.Number, end - position);
        }
        else if (first is '.' or '$')
        {
            int length = WordLength(position + 1) + 1;
            CheckTerminator(position + length);
            Take(first == '$' ? TokenKind.Variable : length == 1 ? TokenKind.Dot : TokenKind.Field, length);
        }
        else if (WordLength(position) is > 0 and int length)
        {
            CheckTerminator(position + length);
            Take(KindOf(source.Substring(position, length)), length);
        }
        else
        {
            throw Failure($"unrecognized character in action: U+{(int)first:X4} '{first}'");
        }
    }

    // A word ends at a blank, at the end of its action, or at a character that may follow one.
    private void CheckTerminator(int end)
    {
        bool isEnd = end >= source.Length || Blank.Contains(source[end]) || ".,|:)(=".Contains(source[end])
            || source.AsSpan(end).StartsWith("}}");
        if (!isEnd)
        {
            throw Failure($"bad character U+{(int)source[end]:X4} '{source[end]}'");
        }
    }

    private static TokenKind KindOf(string word) => word switch
    {
        "if" or "else" or "end" or "range" or "with" or "break" or "continue" or "define" or "template" or "block" =>
            TokenKind.Keyword,
        "true" or "false" => TokenKind.Bool,
        "nil" => TokenKind.Nil,
        _ => TokenKind.Identifier,
    };

    private int WordLength(int start)
    {
        int end = start;
        while (end < source.Length && IsWordPart(source[end]))
        {
            end++;
        }

        return end - start;
    }

    private static bool IsWordPart(char c) => c == '_' || char.IsLetterOrDigit(c);
}
