using Skep.Simulation.Clusters;
using Skep.Simulation.Scripts;

namespace Skep.Simulation;

/// <summary>Runs seeded clusters for a while and reports what they went through.</summary>
public static class Program
{
    public static int Main(string[] arguments) => arguments switch
    {
        ["scripts", .. var paths] => ScriptsCommand.Run(paths),
        ["clusters", .. var rest] => ClustersCommand.Run(rest),
        ["soak", var hours, .. var seed] => SoakCommand.Run(hours, seed),
        ["bugs", .. var names] => BugsCommand.Run(names),
        _ => 2,
    };
}
