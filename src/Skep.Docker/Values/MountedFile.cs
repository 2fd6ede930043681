using Skep.Docker.Engine;

namespace Skep.Docker.Values;

/// <summary>How a container sees a secret or a config where nothing else is said.</summary>
public static class MountedFile
{
    /// <summary>Root's, and everybody may read: 0444.</summary>
    public static FileUse Of(string name) => new() { Name = name, Uid = "0", Gid = "0", Mode = 0b100_100_100 };

    /// <summary>Two files of a kind cannot be in one place.</summary>
    /// <param name="kind">secret or config.</param>
    /// <returns>What to say about the first one whose place is taken; null: there is none.</returns>
    public static (TUse Second, string Problem)? TwoInOnePlace<TUse>(
        IEnumerable<TUse> uses, string kind, Func<TUse, string> target, Func<TUse, string> source)
        where TUse : class =>
        uses.GroupBy(target).FirstOrDefault(static same => same.Skip(1).Any()) is { } same
            ? (same.ElementAt(1), $"duplicate {kind} target for {source(same.ElementAt(1))} not allowed")
            : null;
}
