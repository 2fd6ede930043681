using Google.Protobuf;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Objects = Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>A node's tasks on its disk, so that a restarted daemon goes on before a manager is heard.</summary>
/// <remarks>
/// One file for each, as SwarmKit would send it, without the credentials for its image. It is not synced: a file that
/// power loss has torn is dropped, and the manager gives the task again.
/// </remarks>
internal sealed class TaskFiles(string folder, Log log)
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder if it is missing.</summary>
    public IReadOnlyList<Objects.SwarmTask> Load()
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        var tasks = new List<Objects.SwarmTask>();
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (Read(path) is { } task && Path.GetFileName(path) == task.Id.Value)
            {
                tasks.Add(task);
            }
            else
            {
                log.Warn("a task's file cannot be read and is dropped", ("file", path));
                File.Delete(path);
            }
        }

        return tasks;
    }

    public void Save(Objects.SwarmTask task)
    {
        string path = PathOf(task.Id);
        string aside = path + ".new";
        try
        {
            File.WriteAllBytes(aside, TaskWire.ToWire(WithoutCredentials(task)).ToByteArray());
            File.Move(aside, path, overwrite: true);
        }
        catch (IOException e) when (e is not SyncFailedException)
        {
            // It is only a help for the next start; the manager has it too.
            log.Warn("a task cannot be written down", ("task", task.Id), ("reason", e.Message));
        }
    }

    public void Delete(TaskId id) => File.Delete(PathOf(id));

    private string PathOf(TaskId id) => Path.Combine(folder, id.Value);

    private static Objects.SwarmTask WithoutCredentials(Objects.SwarmTask task) =>
        task.Spec.Container is { PullOptions: not null } container
            ? task with { Spec = task.Spec with { Runtime = container with { PullOptions = null } } }
            : task;

    private static Objects.SwarmTask? Read(string path)
    {
        try
        {
            return TaskWire.ToRecord(Skep.Transport.Contracts.SwarmTask.Parser.ParseFrom(File.ReadAllBytes(path)));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
