namespace Skep.Agent.Oci;

/// <summary>Who a process runs as, in numbers.</summary>
public sealed record UserIdentity
{
    public static readonly UserIdentity Root = new();

    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>In addition to <see cref="Gid"/>, sorted.</summary>
    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>From passwd; "" when it has no such user.</summary>
    public string Home { get; init; } = "";

    /// <summary>The group itself is listed too: a process must not gain rights by having fewer groups.</summary>
    public UserSpec ToSpec() => new()
    {
        Uid = Uid,
        Gid = Gid,
        AdditionalGids = [Gid, .. Groups.Where(group => group != Gid)],
    };
}
