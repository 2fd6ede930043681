using System.Text;

namespace Skep.Docker.Templates;

/// <summary>One run of a template over its data.</summary>
internal sealed partial class Execution(
    string name, string source, StringBuilder output, FunctionTable functions, bool isHeading, bool refuseMissingKeys)
{
    // Innermost last; a block removes what it declared.
    private readonly List<(string Name, object? Value)> variables = [];

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    public void Run(ListNode root, object? data)
    {
        variables.Add(("$", data));
        Walk(root, data);
    }

    /// <summary>Go's truth: everything but false, zero, nil and the empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or NoValue => false,
        bool flag => flag,
        long number => number != 0,
        double real => real != 0,
        string text => text.Length > 0,
        GoList list => list.Items.Count > 0,
        GoMap map => map.Entries.Count > 0,
        _ => true,
    };

    private Flow Walk(Node node, object? dot)
    {
        switch (node)
        {
            case TextNode text:
                output.Append(text.Source);
                return Flow.Next;
            case ActionNode action:
                object? value = Pipe(action.Pipe, dot);
                if (action.Pipe.Variables.Count == 0)
                {
                    output.Append(GoPrint.Text(value));
                }

                return Flow.Next;
            case ListNode list:
                return WalkAll(list, dot);
            case BranchNode { Kind: BranchKind.Range } range:
                return Scoped(() => Range(range, dot));
            case BranchNode branch:
                return Scoped(() => Branch(branch, dot));
            case JumpNode jump:
                return jump.IsBreak ? Flow.Break : Flow.Continue;
            default:
                throw Failure(node, $"can't walk {node.Source}");
        }
    }

    private Flow WalkAll(ListNode list, object? dot)
    {
        foreach (Node item in list.Items)
        {
            Flow flow = Walk(item, dot);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Scoped(Func<Flow> body)
    {
        int outside = variables.Count;
        Flow flow = body();
        variables.RemoveRange(outside, variables.Count - outside);
        return flow;
    }

    private Flow Branch(BranchNode branch, object? dot)
    {
        object? value = Pipe(branch.Pipe, dot);
        if (IsTrue(value))
        {
            return Walk(branch.Then, branch.Kind == BranchKind.With ? value : dot);
        }

        return branch.Else is null ? Flow.Next : Walk(branch.Else, dot);
    }

    private Flow Range(BranchNode range, object? dot)
    {
        object? value = Pipe(range.Pipe with { Variables = [] }, dot);
        IEnumerable<(object? Key, object? Item)> items = value switch
        {
            GoList list => list.Items.Select((item, index) => ((object?)(long)index, item)),
            GoMap map => map.Entries.Select(entry => ((object?)entry.Key, entry.Value)),
            long count when count < int.MaxValue => Enumerable.Range(0, (int)Math.Max(count, 0))
                .Select(index => ((object?)(long)index, (object?)(long)index)),
            null or NoValue => [],
            _ => throw Failure(range.Pipe, $"range can't iterate over {GoPrint.Text(value)}"),
        };
        bool isEmpty = true;
        foreach ((object? key, object? item) in items)
        {
            isEmpty = false;
            Flow flow = Scoped(() =>
            {
                DeclareRange(range.Pipe, key, item);
                return Walk(range.Then, item);
            });
            if (flow == Flow.Break)
            {
                break;
            }
        }

        return isEmpty && range.Else is not null ? Walk(range.Else, dot) : Flow.Next;
    }

    private void DeclareRange(PipeNode pipe, object? key, object? item)
    {
        for (int i = 0; i < pipe.Variables.Count; i++)
        {
            Declare(pipe.Variables[i], pipe.Variables.Count == 2 && i == 0 ? key : item, pipe.Assigns);
        }
    }

    private void Declare(string variable, object? value, bool assigns)
    {
        int at = assigns ? variables.FindLastIndex(known => known.Name == variable) : -1;
        if (at >= 0)
        {
            variables[at] = (variable, value);
        }
        else
        {
            variables.Add((variable, value));
        }
    }

    private TemplateException Failure(Node node, string what)
    {
        (int line, int column) = Lexer.Locate(source, node.Position);
        return new TemplateException(
            $"template: {name}:{line}:{column}: executing \"{name}\" at <{node.Source}>: {what}");
    }
}
