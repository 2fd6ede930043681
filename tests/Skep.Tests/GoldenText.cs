using System.Runtime.CompilerServices;

namespace Skep.Tests;

/// <summary>
/// Compares a text with a file in the tree. SKEP_GOLDEN=update writes the file instead; review the diff.
/// </summary>
public static class GoldenText
{
    public static void Check(string name, string actual, [CallerFilePath] string caller = "")
    {
        string root = caller[..(caller.IndexOf("/Skep.Tests/", StringComparison.Ordinal) + "/Skep.Tests".Length)];
        string path = Path.Combine(root, name);
        if (Environment.GetEnvironmentVariable("SKEP_GOLDEN") == "update")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"no golden file {name}");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
