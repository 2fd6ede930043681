namespace Skep.Docker.Templates;

/// <summary>Pipelines, their commands and operands.</summary>
internal sealed partial class Parser
{
    private PipeNode Pipeline(string context, TokenKind end)
    {
        Token start = PeekNonSpace();
        (List<string> declared, bool assigns) = Declarations(context);
        var commands = new List<CommandNode>();
        while (true)
        {
            Token token = NextNonSpace();
            if (token.Kind == end)
            {
                break;
            }

            if (!StartsOperand(token.Kind))
            {
                throw Unexpected(token, context);
            }

            next--;
            commands.Add(Command());
        }

        if (commands.Count == 0)
        {
            throw Failure(start, $"missing value for {context}");
        }

        for (int i = 1; i < commands.Count; i++)
        {
            if (commands[i].Arguments[0] is ConstantNode or DotNode or NilNode)
            {
                throw Failure(start, $"non executable command in pipeline stage {i + 1}");
            }
        }

        return new PipeNode(start.Position, declared, assigns, commands);
    }

    // "$x :=", "$x =", and in a range "$i, $x :=".
    private (List<string> Names, bool Assigns) Declarations(string context)
    {
        var names = new List<string>();
        int begin = next;
        while (PeekNonSpace().Kind == TokenKind.Variable)
        {
            names.Add(NextNonSpace().Text);
            Token after = NextNonSpace();
            if (after.Kind == TokenKind.Comma && context == "range" && names.Count == 1)
            {
                continue;
            }

            if (after.Kind is TokenKind.Declare or TokenKind.Assign)
            {
                bool assigns = after.Kind == TokenKind.Assign;
                if (assigns && names.Find(name => !variables.Contains(name)) is string unknown)
                {
                    throw Failure(after, $"undefined variable \"{unknown}\"");
                }

                variables.AddRange(assigns ? [] : names);
                return (names, assigns);
            }

            break;
        }

        next = begin;
        return ([], false);
    }

    private CommandNode Command()
    {
        int start = PeekNonSpace().Position;
        var arguments = new List<Node>();
        while (true)
        {
            PeekNonSpace();
            if (Operand() is { } operand)
            {
                arguments.Add(operand);
            }

            Token token = Next();
            if (token.Kind == TokenKind.Space)
            {
                continue;
            }

            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParenthesis)
            {
                next--;
            }
            else if (token.Kind != TokenKind.Pipe)
            {
                throw Unexpected(token, "operand");
            }

            return arguments.Count > 0 ? new CommandNode(start, arguments) : throw Failure(token, "empty command");
        }
    }

    // A term and the fields that follow it without a space.
    private Node? Operand()
    {
        Node? node = Term();
        if (node is null || Peek().Kind != TokenKind.Field)
        {
            return node;
        }

        // The position that messages name is the second field's, as in Go.
        int position = Peek().Position;
        var names = new List<string>();
        while (Peek().Kind == TokenKind.Field)
        {
            names.Add(Next().Text[1..]);
        }

        string suffix = "." + string.Join('.', names);
        return node switch
        {
            FieldNode field => new FieldNode(position, field.Source + suffix, [.. field.Names, .. names]),
            VariableNode variable => new VariableNode(position, variable.Source + suffix, variable.Name, names),
            ConstantNode or NilNode => throw Failure(Peek(), $"unexpected . after term \"{node.Source}\""),
            PipeNode pipe => new ChainNode(position, $"({pipe.Source}){suffix}", node, names),
            _ => new ChainNode(position, node.Source + suffix, node, names),
        };
    }

    private Node? Term()
    {
        Token token = NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return functions.Exists(token.Text)
                    ? new FunctionNode(token.Position, token.Text)
                    : throw Failure(token, $"function \"{token.Text}\" not defined");
            case TokenKind.Dot:
                return new DotNode(token.Position);
            case TokenKind.Nil:
                return new NilNode(token.Position);
            case TokenKind.Variable:
                return variables.Contains(token.Text)
                    ? new VariableNode(token.Position, token.Text, token.Text, [])
                    : throw Failure(token, $"undefined variable \"{token.Text}\"");
            case TokenKind.Field:
                return new FieldNode(token.Position, token.Text, [token.Text[1..]]);
            case TokenKind.Bool:
                return new ConstantNode(token.Position, token.Text, token.Text == "true");
            case TokenKind.Number:
                return new ConstantNode(token.Position, token.Text, GoLiterals.Number(token.Text)
                    ?? throw Failure(token, $"bad number syntax: \"{token.Text}\""));
            case TokenKind.Quoted:
                return new ConstantNode(token.Position, token.Text, GoLiterals.Unquote(token.Text)
                    ?? throw Failure(token, "invalid syntax"));
            case TokenKind.LeftParenthesis:
                return Pipeline("parenthesized pipeline", TokenKind.RightParenthesis);
            default:
                next--;
                return null;
        }
    }

    private static bool StartsOperand(TokenKind kind) => kind is TokenKind.Bool or TokenKind.Dot or TokenKind.Field
        or TokenKind.Identifier or TokenKind.Number or TokenKind.Nil or TokenKind.Quoted or TokenKind.Variable
        or TokenKind.LeftParenthesis;
}
