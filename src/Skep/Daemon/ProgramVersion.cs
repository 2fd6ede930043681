using System.Reflection;

namespace Skep.Daemon;

/// <summary>The version this program was built as.</summary>
internal static class ProgramVersion
{
    // "0.1.0+commit": as in Directory.Build.props, and the commit that the SDK appends where it knows one.
    private static readonly string[] Parts = (typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+');

    /// <summary>"0.1.0".</summary>
    public static string Text => Parts[0];

    /// <summary>Seven digits; "" when the build did not know it.</summary>
    public static string Commit => Parts.Length < 2 ? "" : Parts[1][..Math.Min(7, Parts[1].Length)];
}
