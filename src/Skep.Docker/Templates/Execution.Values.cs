namespace Skep.Docker.Templates;

/// <summary>How pipelines, commands and operands get their values.</summary>
internal sealed partial class Execution
{
    // "No final argument": the first command of a pipeline has none.
    private static readonly object Absent = new();

    private object? Pipe(PipeNode pipe, object? dot)
    {
        object? value = Absent;
        foreach (CommandNode command in pipe.Commands)
        {
            value = Command(command, dot, value);
        }

        foreach (string variable in pipe.Variables)
        {
            Declare(variable, value, pipe.Assigns);
        }

        return value;
    }

    private object? Command(CommandNode command, object? dot, object? final)
    {
        Node first = command.Arguments[0];
        switch (first)
        {
            case FieldNode field:
                return Chain(field, dot, field.Names, command.Arguments, dot, final);
            case VariableNode { Names.Count: > 0 } variable:
                return Chain(variable, Variable(variable), variable.Names, command.Arguments, dot, final);
            case ChainNode chain:
                return Chain(chain, Operand(chain.Start, dot), chain.Names, command.Arguments, dot, final);
            case FunctionNode function:
                return Call(function, command, dot, final);
        }

        if (command.Arguments.Count > 1 || final != Absent)
        {
            throw Failure(first, $"can't give argument to non-function {first.Source}");
        }

        return first is NilNode ? throw Failure(first, "nil is not a command") : Operand(first, dot);
    }

    private object? Operand(Node node, object? dot) => node switch
    {
        DotNode => dot,
        NilNode => null,
        ConstantNode constant => constant.Value,
        FieldNode field => Chain(field, dot, field.Names, [], dot, Absent),
        VariableNode variable => Chain(variable, Variable(variable), variable.Names, [], dot, Absent),
        PipeNode pipe => Pipe(pipe, dot),
        ChainNode chain => Chain(chain, Operand(chain.Start, dot), chain.Names, [], dot, Absent),
        FunctionNode function => Call(function, new CommandNode(function.Position, [function]), dot, Absent),
        _ => throw Failure(node, $"can't handle {node.Source}"),
    };

    private object? Variable(VariableNode node) =>
        variables.FindLast(variable => variable.Name == node.Name).Value;

    // The last field takes the arguments, if it is a method.
    private object? Chain(
        Node node, object? start, IReadOnlyList<string> names, IReadOnlyList<Node> words, object? dot, object? final)
    {
        object? value = start;
        for (int i = 0; i < names.Count; i++)
        {
            bool isLast = i == names.Count - 1;
            IReadOnlyList<object?> arguments = isLast ? Arguments(words, dot, final) : [];
            value = Field(node, value, names[i], arguments);
        }

        return value;
    }

    private object? Field(Node node, object? owner, string member, IReadOnlyList<object?> arguments)
    {
        switch (owner)
        {
            case GoStruct view when view.Find(member) is { } field:
                return arguments.Count == field.ParameterCount
                    ? field.Read(arguments)
                    : throw Failure(node, field.ParameterCount == 0
                        ? $"{member} has arguments but cannot be invoked as function"
                        : $"wrong number of args for {member}: want {field.ParameterCount} got {arguments.Count}");
            case GoStruct view:
                throw Failure(node, $"can't evaluate field {member} in type {view.Type}");
            case GoMap map when arguments.Count > 0:
                throw Failure(node, $"{member} is not a method but has arguments");
            case GoMap map:
                return map.TryGet(member, out object? value) ? value : refuseMissingKeys
                    ? throw Failure(node, $"map has no entry for key \"{member}\"")
                    : NoValue.Instance;
            case null or NoValue when refuseMissingKeys:
                throw Failure(node, $"nil data; no entry for key \"{member}\"");
            case null:
                throw Failure(node, $"nil pointer evaluating interface {{}}.{member}");
            case NoValue:
                return owner;
            default:
                // Values of raw JSON have no type of their own in Go.
                string type = refuseMissingKeys ? "interface {}" : GoPrint.TypeName(owner);
                throw Failure(node, $"can't evaluate field {member} in type {type}");
        }
    }

    private List<object?> Arguments(IReadOnlyList<Node> words, object? dot, object? final)
    {
        var arguments = new List<object?>();
        for (int i = 1; i < words.Count; i++)
        {
            arguments.Add(Operand(words[i], dot));
        }

        if (final != Absent)
        {
            arguments.Add(final);
        }

        return arguments;
    }

    private object? Call(FunctionNode node, CommandNode command, object? dot, object? final)
    {
        Function function = functions.Find(node.Source, isHeading);
        int count = command.Arguments.Count - 1 + (final == Absent ? 0 : 1);
        if (count < function.FixedCount || (count > function.FixedCount && !function.IsVariadic))
        {
            string wanted = function.IsVariadic ? $"at least {function.FixedCount}" : $"{function.FixedCount}";
            throw Failure(node, $"wrong number of args for {node.Source}: want {wanted} got {count}");
        }

        if (node.Source is "and" or "or")
        {
            return Shortcut(node.Source == "or", command, dot, final);
        }

        List<object?> arguments = Arguments(command.Arguments, dot, final);
        for (int i = 0; i < arguments.Count; i++)
        {
            Node at = i + 1 < command.Arguments.Count ? command.Arguments[i + 1] : command;
            CheckType(at, function.KindAt(i), arguments[i]);
        }

        try
        {
            return function.Call(arguments);
        }
        catch (TemplateException refusal) when (!refusal.Message.StartsWith("template: ", StringComparison.Ordinal))
        {
            throw Failure(command, $"error calling {node.Source}: {refusal.Message}");
        }
    }

    // The first argument that decides is the answer; those after it are not looked at.
    private object? Shortcut(bool wanted, CommandNode command, object? dot, object? final)
    {
        object? value = null;
        foreach (Node argument in command.Arguments.Skip(1))
        {
            value = Operand(argument, dot);
            if (IsTrue(value) == wanted)
            {
                return value;
            }
        }

        return final == Absent ? value : final;
    }

    private void CheckType(Node node, char kind, object? value)
    {
        (bool fits, string wanted) = kind switch
        {
            's' => (value is string, "string"),
            'i' => (value is long, "int"),
            'l' => (value is GoList { Type: not GoList.RawType }, "[]string"),
            _ => (true, ""),
        };
        if (!fits && node is ConstantNode)
        {
            throw Failure(node, $"expected {wanted}; found {node.Source}");
        }

        if (!fits)
        {
            string got = value is null or NoValue ? "invalid value" : "wrong type for value";
            throw Failure(node, value is null or NoValue
                ? $"{got}; expected {wanted}"
                : $"{got}; expected {wanted}; got {GoPrint.TypeName(value)}");
        }
    }
}
