namespace Skep.Cli.Templates;

/// <summary>A template that cannot be read or carried out; the message is worded as Go's text/template words it.</summary>
public sealed class TemplateException(string message) : Exception(message);
