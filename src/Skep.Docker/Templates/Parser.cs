namespace Skep.Docker.Templates;

/// <summary>Turns tokens into nodes, a method for each rule of the grammar; errors are in Go's words.</summary>
internal sealed partial class Parser
{
    private readonly string source;
    private readonly string name;
    private readonly IReadOnlyList<Token> tokens;
    private readonly List<string> variables = ["$"];
    private int next;
    private int ranges;
    private readonly FunctionTable functions;

    private Parser(string source, string name, FunctionTable functions)
    {
        this.functions = functions;
        this.source = source;
        this.name = name;
        tokens = Lexer.Cut(source, name);
    }

    public static ListNode Parse(string source, string name, FunctionTable functions)
    {
        var parser = new Parser(source, name, functions);
        (ListNode list, Token stopper) = parser.List();
        return stopper.Kind == TokenKind.End
            ? list
            : throw parser.Failure(stopper, $"unexpected {{{{{stopper.Text}}}}}");
    }

    // Ends at the end of the template, at {{end}} or at {{else}}; the last two have been read up to their keyword.
    private (ListNode List, Token Stopper) List()
    {
        var items = new List<Node>();
        int start = Peek().Position;
        while (true)
        {
            Token token = Next();
            if (token.Kind == TokenKind.End)
            {
                return (new ListNode(start, items), token);
            }

            if (token.Kind == TokenKind.Text)
            {
                items.Add(new TextNode(token.Position, token.Text));
                continue;
            }

            Token keyword = NextNonSpace();
            if (keyword is { Kind: TokenKind.Keyword, Text: "end" or "else" })
            {
                return (new ListNode(start, items), keyword);
            }

            items.Add(Action(keyword));
        }
    }

    private Node Action(Token first)
    {
        if (first.Kind != TokenKind.Keyword)
        {
            next--;
            return new ActionNode(first.Position, Pipeline("command", TokenKind.RightDelimiter));
        }

        switch (first.Text)
        {
            case "if":
                return Branch(first, BranchKind.If);
            case "with":
                return Branch(first, BranchKind.With);
            case "range":
                return Branch(first, BranchKind.Range);
            case "break" or "continue":
                Expect(TokenKind.RightDelimiter, first.Text);
                return ranges > 0
                    ? new JumpNode(first.Position, first.Text == "break")
                    : throw Failure(first, $"{{{{{first.Text}}}}} outside {{{{range}}}}");
            default:
                throw Failure(first, $"{{{{{first.Text}}}}} is not supported");
        }
    }

    private BranchNode Branch(Token keyword, BranchKind kind)
    {
        int outside = variables.Count;
        PipeNode pipe = Pipeline(keyword.Text, TokenKind.RightDelimiter);
        ranges += kind == BranchKind.Range ? 1 : 0;
        (ListNode then, Token stopper) = List();
        ranges -= kind == BranchKind.Range ? 1 : 0;
        ListNode? otherwise = null;
        if (stopper.Text == "else" && stopper.Kind == TokenKind.Keyword)
        {
            otherwise = Else(kind, ref stopper);
        }
        else if (stopper.Kind != TokenKind.End)
        {
            Expect(TokenKind.RightDelimiter, "end");
        }

        if (stopper.Kind == TokenKind.End)
        {
            throw Failure(stopper, "unexpected EOF");
        }

        variables.RemoveRange(outside, variables.Count - outside);
        return new BranchNode(keyword.Position, kind, pipe, then, otherwise);
    }

    // {{else}} … {{end}}, or {{else if …}} that shares the {{end}} of its outer branch.
    private ListNode Else(BranchKind kind, ref Token stopper)
    {
        Token after = PeekNonSpace();
        bool chains = after.Kind == TokenKind.Keyword
            && ((after.Text == "if" && kind == BranchKind.If) || (after.Text == "with" && kind == BranchKind.With));
        if (chains)
        {
            NextNonSpace();
            return new ListNode(after.Position, [Branch(after, kind)]);
        }

        Expect(TokenKind.RightDelimiter, "else");
        (ListNode list, stopper) = List();
        if (stopper is { Kind: TokenKind.Keyword, Text: "else" })
        {
            throw Failure(stopper, "expected end; found {{else}}");
        }

        if (stopper.Kind != TokenKind.End)
        {
            Expect(TokenKind.RightDelimiter, "end");
        }

        return list;
    }

    private Token Peek() => tokens[next];

    private Token Next() => tokens[next++];

    private Token NextNonSpace()
    {
        PeekNonSpace();
        return Next();
    }

    private Token PeekNonSpace()
    {
        while (tokens[next].Kind == TokenKind.Space)
        {
            next++;
        }

        return tokens[next];
    }

    private void Expect(TokenKind kind, string context)
    {
        Token token = NextNonSpace();
        if (token.Kind != kind)
        {
            throw Unexpected(token, context);
        }
    }

    private TemplateException Unexpected(Token token, string context) => token.Kind == TokenKind.End
        ? Failure(token, "unexpected EOF")
        : Failure(token, token.Kind is TokenKind.Keyword or TokenKind.Dot
            ? $"unexpected <{token.Text}> in {context}"
            : $"unexpected \"{token.Text}\" in {context}");

    private TemplateException Failure(Token token, string what) =>
        new($"template: {name}:{Lexer.Locate(source, token.Position).Line}: {what}");
}
