using System.Globalization;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Simulation.Clusters;

/// <summary>
/// What clients were told of a few objects, and whether one store in one place could have told them so.
/// </summary>
/// <remarks>
/// Every write puts its own number into a register and gets a version from the log, and versions are the order of
/// writes. So a history is linearizable when every answer fits that order: who begins after another was answered sees
/// at least the other's version, a version always shows the same value, and nothing shows the value of a write that was
/// refused as certainly not carried out (checklist 39).
/// </remarks>
internal sealed class RegisterHistory
{
    private readonly Dictionary<string, ulong> newest = [];
    private readonly Dictionary<(string Register, ulong Version), string> values = [];
    private readonly HashSet<string> refused = [];
    private readonly HashSet<string> begun = [];

    public ulong Floor(string register) => newest.GetValueOrDefault(register);

    public void Began(long number) => begun.Add(Text(number));

    /// <summary>A write was certainly not carried out.</summary>
    public void Refused(long number) => refused.Add(Text(number));

    public void Wrote(ClientOperation operation, Config stored)
    {
        ulong version = stored.Meta.Version.Index;
        Require(version > operation.Floor, $"write {operation.Number} got version {version}, not above "
            + $"{operation.Floor}, which was answered before it began");
        Saw(operation.Register, version, stored.Spec.Data.ToUtf8());
    }

    public void Read(ClientOperation operation, StoreSnapshot store)
    {
        Config? found = store.Configs.Get(new ConfigId(operation.Register));
        ulong version = found?.Meta.Version.Index ?? 0;
        Require(version >= operation.Floor, $"read {operation.Number} saw version {version} of {operation.Register}, "
            + $"below {operation.Floor}, which was answered before it began");
        if (found is not null)
        {
            Saw(operation.Register, version, found.Spec.Data.ToUtf8());
        }
    }

    /// <summary>Every answer that was ever given is in it.</summary>
    public void CheckFinal(StoreSnapshot store)
    {
        foreach ((string register, ulong version) in newest)
        {
            ulong found = store.Configs.Get(new ConfigId(register))?.Meta.Version.Index ?? 0;
            Require(found >= version, $"{register} ends at version {found}; version {version} was acknowledged");
        }
    }

    private void Saw(string register, ulong version, string value)
    {
        Require(begun.Contains(value), $"{register} shows {value}, which nobody wrote");
        Require(!refused.Contains(value), $"{register} shows {value}, which was refused as not carried out");
        if (values.TryGetValue((register, version), out string? known))
        {
            Require(known == value, $"version {version} of {register} shows both {known} and {value}");
        }

        values[(register, version)] = value;
        newest[register] = Math.Max(newest.GetValueOrDefault(register), version);
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Require(bool claim, string text) => SimulationFailedException.Unless(claim, text);
}
