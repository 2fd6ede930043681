namespace Skep.Manager.Storage;

/// <summary>Why a log cannot be used.</summary>
public enum StorageFault
{
    /// <summary>There is none, where one must be: a manager that forgot its votes must not vote.</summary>
    Missing,

    /// <summary>There is one already, where a new one was to be made.</summary>
    Exists,

    /// <summary>Another process has it open.</summary>
    InUse,

    /// <summary>Something that had been durable is changed or gone. It is never repaired silently.</summary>
    Damaged,

    /// <summary>It was written with a data key that is not among the node's keys.</summary>
    WrongKey,

    /// <summary>It belongs to another node or cluster.</summary>
    OtherNode,

    /// <summary>A later version of this program wrote it.</summary>
    LaterVersion,
}

/// <summary>The log in a folder cannot be used as it is; the message says what to do about it.</summary>
public sealed class StorageRefusedException(StorageFault fault, string message) : Exception(message)
{
    private const string Cure =
        "If other managers are up, demote and remove this node, empty the folder and let it join again; "
        + "else restore a backup.";

    public StorageFault Fault => fault;

    internal static StorageRefusedException Damaged(string path, long offset, string what) =>
        new(StorageFault.Damaged, $"{path} is damaged at byte {offset}: {what}. Nothing was changed. {Cure}");

    internal static StorageRefusedException Damaged(string folder, string what) =>
        new(StorageFault.Damaged, $"The log in {folder} is damaged: {what}. Nothing was changed. {Cure}");
}
