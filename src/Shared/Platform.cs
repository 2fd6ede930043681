// Every part of this program runs on Linux only.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
