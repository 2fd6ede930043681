namespace Skep.SystemTests.Pages;

/// <summary>A fenced block of a page: its language, the file that it is to be saved as or "", and its lines.</summary>
internal sealed record PageBlock(string Page, int Line, string Language, string File, IReadOnlyList<string> Lines)
{
    /// <summary>What the first line of a block says when the tests leave it to the reader, with the reason.</summary>
    public const string LeftOut = "# not run by the tests";

    private const string Fence = "```";

    public bool IsLeftOut => Lines.Count > 0
        && Lines[0].StartsWith(LeftOut, StringComparison.Ordinal) && Lines[0].Contains(": ", StringComparison.Ordinal);

    public static IEnumerable<PageBlock> Read(string page, IReadOnlyList<string> lines)
    {
        int? begin = null;
        for (int index = 0; index < lines.Count; index++)
        {
            if (!lines[index].StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            if (begin is { } first)
            {
                string[] words = lines[first][Fence.Length..].Split(' ', 2);
                string file = words.Length > 1 ? words[1].Trim() : "";
                yield return new PageBlock(page, first + 1, words[0], file, [.. lines.Take(index).Skip(first + 1)]);
                begin = null;
            }
            else
            {
                begin = index;
            }
        }

        Assert.True(begin is null, $"{page}: the block of line {begin + 1} has no end");
    }

    /// <summary>The commands of a console block, each with what it prints.</summary>
    public IEnumerable<PageStep> Steps()
    {
        PageStep? step = null;
        for (int index = 0; index < Lines.Count; index++)
        {
            if (PageStep.Begin(Page, Line + index + 1, Lines[index]) is { } next)
            {
                if (step is not null)
                {
                    yield return step;
                }

                step = next;
            }
            else
            {
                Assert.True(step is not null, $"{Page}:{Line + index + 1}: a line before the first prompt");
                step = step.IsOpen
                    ? step with { Command = $"{step.Command}\n{Lines[index]}" }
                    : step with { Expected = [.. step.Expected, Lines[index]] };
            }
        }

        if (step is not null)
        {
            yield return step;
        }
    }
}
