namespace Skep.Docker.Templates;

/// <summary>A template that cannot be read or carried out, in the words of Go's text/template.</summary>
public sealed class TemplateException(string message) : Exception(message);
