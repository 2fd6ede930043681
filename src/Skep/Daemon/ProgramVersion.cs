using System.Reflection;

namespace Skep.Daemon;

/// <summary>The version this program was built as.</summary>
internal static class ProgramVersion
{
    /// <summary>As in Directory.Build.props, without the commit that the SDK appends.</summary>
    public static string Text { get; } = (typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
