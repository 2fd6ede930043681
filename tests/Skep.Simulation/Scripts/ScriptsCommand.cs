namespace Skep.Simulation.Scripts;

/// <summary><c>scripts PATH...</c>: plays etcd-io/raft's interaction scripts, files or folders of them.</summary>
internal static class ScriptsCommand
{
    public static int Run(IReadOnlyList<string> paths)
    {
        (int passed, int failed, int unsupported) = (0, 0, 0);
        foreach (string path in paths.SelectMany(Files))
        {
            string name = Path.GetFileName(path);
            switch (InteractionScript.Run(File.ReadAllText(path)))
            {
                case ScriptResult.Passed:
                    passed++;
                    Console.WriteLine($"passed       {name}");
                    break;
                case ScriptResult.Unsupported it:
                    unsupported++;
                    Console.WriteLine($"unsupported  {name}: {it.Reason}");
                    break;
                case ScriptResult.Failed it:
                    failed++;
                    Console.WriteLine($"FAILED       {name}:{it.Line}\nexpected:\n{it.Expected}\nactual:\n{it.Actual}");
                    break;
                default:
                    throw new NotSupportedException();
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed, {unsupported} unsupported");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.GetFiles(path, "*.txt").Order(StringComparer.Ordinal) : [path];
}
