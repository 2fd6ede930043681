namespace Skep.Docker.Templates;

/// <summary>A part of a parsed template. Its text is what error messages quote.</summary>
/// <param name="Position">Index in the template, for messages.</param>
internal abstract record Node(int Position, string Source);

internal sealed record TextNode(int Position, string Source) : Node(Position, Source);

internal sealed record ListNode(int Position, IReadOnlyList<Node> Items) : Node(Position, "");

internal sealed record ActionNode(int Position, PipeNode Pipe) : Node(Position, Pipe.Source);

internal enum BranchKind
{
    If,
    With,
    Range,
}

internal sealed record BranchNode(int Position, BranchKind Kind, PipeNode Pipe, ListNode Then, ListNode? Else)
    : Node(Position, Pipe.Source);

/// <summary>{{break}} or {{continue}}.</summary>
internal sealed record JumpNode(int Position, bool IsBreak) : Node(Position, IsBreak ? "{{break}}" : "{{continue}}");

/// <param name="Variables">Names with their "$", one or (in a range) two.</param>
internal sealed record PipeNode(
    int Position, IReadOnlyList<string> Variables, bool Assigns, IReadOnlyList<CommandNode> Commands)
    : Node(Position, string.Join(" | ", Commands.Select(command => command.Source)));

internal sealed record CommandNode(int Position, IReadOnlyList<Node> Arguments)
    : Node(Position, string.Join(' ', Arguments.Select(Quote)))
{
    private static string Quote(Node argument) =>
        argument is PipeNode pipe ? $"({pipe.Source})" : argument.Source;
}

/// <summary>A function's name.</summary>
internal sealed record FunctionNode(int Position, string Source) : Node(Position, Source);

/// <summary>.A.B of dot.</summary>
internal sealed record FieldNode(int Position, string Source, IReadOnlyList<string> Names) : Node(Position, Source);

/// <summary>$x.A.B.</summary>
internal sealed record VariableNode(int Position, string Source, string Name, IReadOnlyList<string> Names)
    : Node(Position, Source);

/// <summary>(pipeline).A.B.</summary>
internal sealed record ChainNode(int Position, string Source, Node Start, IReadOnlyList<string> Names)
    : Node(Position, Source);

internal sealed record DotNode(int Position) : Node(Position, ".");

internal sealed record NilNode(int Position) : Node(Position, "nil");

/// <param name="Value">bool, long, double or string.</param>
internal sealed record ConstantNode(int Position, string Source, object Value) : Node(Position, Source);
