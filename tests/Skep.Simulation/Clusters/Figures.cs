namespace Skep.Simulation.Clusters;

/// <summary>What a run, or many, went through.</summary>
public sealed class Figures
{
    public TimeSpan Simulated { get; set; }

    public long Messages { get; set; }

    public long Steps { get; set; }

    public long Elections { get; set; }

    public long Crashes { get; set; }

    public long FailedSyncs { get; set; }

    public long FullDisks { get; set; }

    /// <summary>Whole disks: the member is gone for good, and its machine joins as another.</summary>
    public long LostDisks { get; set; }

    public long Partitions { get; set; }

    public long SnapshotsSaved { get; set; }

    public long SnapshotsInstalled { get; set; }

    public long MemberChanges { get; set; }

    /// <summary>Managers that became workers because the operator wished for it.</summary>
    public long Demotions { get; set; }

    public long WritesDone { get; set; }

    public long WritesRefused { get; set; }

    public long WritesUnknown { get; set; }

    public long Reads { get; set; }

    public void Add(Figures other)
    {
        Simulated += other.Simulated;
        Messages += other.Messages;
        Steps += other.Steps;
        Elections += other.Elections;
        Crashes += other.Crashes;
        FailedSyncs += other.FailedSyncs;
        FullDisks += other.FullDisks;
        LostDisks += other.LostDisks;
        Partitions += other.Partitions;
        SnapshotsSaved += other.SnapshotsSaved;
        SnapshotsInstalled += other.SnapshotsInstalled;
        MemberChanges += other.MemberChanges;
        Demotions += other.Demotions;
        WritesDone += other.WritesDone;
        WritesRefused += other.WritesRefused;
        WritesUnknown += other.WritesUnknown;
        Reads += other.Reads;
    }

    public override string ToString() =>
        $"simulated {Simulated.TotalDays:0.00} days, elections {Elections}, crashes {Crashes}, "
        + $"failed syncs {FailedSyncs}, "
        + $"full disks {FullDisks}, lost disks {LostDisks}, "
        + $"partitions {Partitions}, snapshots saved {SnapshotsSaved} and installed "
        + $"{SnapshotsInstalled}, member changes {MemberChanges}, demotions {Demotions}, writes {WritesDone} done, "
        + $"{WritesRefused} refused, {WritesUnknown} unknown, reads {Reads}, messages {Messages}, steps {Steps}";
}
