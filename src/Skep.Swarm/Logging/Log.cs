using System.Globalization;
using System.Text;

namespace Skep.Swarm;

/// <summary>How much a line of the daemon's log matters. The names are those of <c>--log-level</c>.</summary>
public enum Severity
{
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// <summary>Where the daemon says what an operator should know: one line, with its facts as key=value.</summary>
/// <remarks>Thread-safe if its sink is. Never give it a secret: nothing is filtered.</remarks>
public sealed class Log(Action<Severity, string> sink, Severity least)
{
    /// <summary>One line of the log, at most, in characters: what a container or registry says may be long.</summary>
    public const int LineCharacters = 4096;

    private volatile int threshold = (int)least;

    /// <summary>A log that nobody reads, for tests.</summary>
    public static Log None { get; } = new(static (_, _) => { }, Severity.Fatal);

    /// <summary>Lines below it are dropped. Changed by a reload of the configuration.</summary>
    public Severity Least
    {
        get => (Severity)threshold;
        set => threshold = (int)value;
    }

    public void Debug(string message, params ReadOnlySpan<(string Key, object? Value)> facts) =>
        Write(Severity.Debug, message, facts);

    public void Info(string message, params ReadOnlySpan<(string Key, object? Value)> facts) =>
        Write(Severity.Info, message, facts);

    public void Warn(string message, params ReadOnlySpan<(string Key, object? Value)> facts) =>
        Write(Severity.Warn, message, facts);

    public void Error(string message, params ReadOnlySpan<(string Key, object? Value)> facts) =>
        Write(Severity.Error, message, facts);

    public void Fatal(string message, params ReadOnlySpan<(string Key, object? Value)> facts) =>
        Write(Severity.Fatal, message, facts);

    private void Write(Severity severity, string message, ReadOnlySpan<(string Key, object? Value)> facts)
    {
        if ((int)severity < threshold)
        {
            return;
        }

        var line = new StringBuilder();
        Append(line, message);
        foreach ((string key, object? value) in facts)
        {
            line.Append(' ').Append(key).Append('=');
            AppendValue(line, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        if (line.Length > LineCharacters)
        {
            line.Length = LineCharacters - 3;
            line.Append("...");
        }

        sink(severity, line.ToString());
    }

    private static void AppendValue(StringBuilder line, string value)
    {
        bool isPlain = value.Length > 0 && value.AsSpan().IndexOfAny(" \"=\t\r\n") < 0;
        if (isPlain)
        {
            Append(line, value);
            return;
        }

        line.Append('"');
        Append(line, value.Replace(@"\", @"\\").Replace("\"", "\\\""));
        line.Append('"');
    }

    // A line stays one line, and a terminal that shows it stays sane, whatever a stranger put into a name.
    private static void Append(StringBuilder line, string text)
    {
        foreach (char character in text)
        {
            if (line.Length > LineCharacters)
            {
                return;
            }

            _ = character switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when char.IsControl(character) => line.Append('?'),
                _ => line.Append(character),
            };
        }
    }
}
