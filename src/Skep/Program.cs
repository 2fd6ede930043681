using Skep.Cli;
using Skep.Daemon;
using Skep.Linux.Processes;

// Called by the name of one of Docker's programs, this is that program.
string name = Path.GetFileName(ProcessIdentity.Arguments(Environment.ProcessId).FirstOrDefault("skep"));
if (name == "dockerd")
{
    return await DaemonProgram.RunAsync(args);
}

if (name != "docker" && args is ["daemon", .. var rest])
{
    return await DaemonProgram.RunAsync(rest);
}

return await CliProgram.RunAsync(name, args, CancellationToken.None);
