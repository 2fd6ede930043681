using System.Runtime.CompilerServices;

namespace Skep.Tests.Raft;

public sealed class RaftSceneTests
{
    private const string Folder = "Golden";

    public static TheoryData<string> Scenes =>
        [.. Directory.GetFiles(Path.Combine(Here(), Folder), "*.txt").Select(it => Path.GetFileName(it)!).Order()];

    /// <summary>SKEP_GOLDEN=update writes what is seen now; review the difference.</summary>
    [Theory]
    [MemberData(nameof(Scenes))]
    public void A_scene_plays_as_it_is_written(string name)
    {
        string text = File.ReadAllText(Path.Combine(Here(), Folder, name));
        GoldenText.Check($"Raft/{Folder}/{name}", RaftScene.Play(text));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
