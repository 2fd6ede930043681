using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Skep;

/// <summary>Claims that must hold. A broken one ends the process: going on would make wrong state durable.</summary>
internal static class Invariant
{
    public static void Holds(
        [DoesNotReturnIf(false)] bool claim, [CallerArgumentExpression(nameof(claim))] string text = "")
    {
        if (!claim)
        {
            throw new BrokenInvariantException(text);
        }
    }
}

/// <summary>
/// Only the root (to exit) and a simulator (to print its seed) may catch this, and a round of decisions, for these have
/// done nothing yet (docs/decisions/0018-failed-decisions-are-left-out.md).
/// </summary>
internal sealed class BrokenInvariantException(string claim) : Exception($"Broken invariant: {claim}");
