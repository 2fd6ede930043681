using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>Who has which name. Thread-safe.</summary>
internal sealed class ContainerNameTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> idOfName = [];

    public string? Find(string name)
    {
        lock (gate)
        {
            return idOfName.GetValueOrDefault(name);
        }
    }

    /// <exception cref="RefusedException">Another container has it.</exception>
    public void Reserve(string name, string id)
    {
        lock (gate)
        {
            if (idOfName.TryGetValue(name, out string? owner) && owner != id)
            {
                throw new RefusedException(
                    ErrorKind.Conflict,
                    $"Conflict. The container name \"/{name}\" is already in use by container \"{owner}\". "
                    + "You have to remove (or rename) that container to be able to reuse that name.");
            }

            idOfName[name] = id;
        }
    }

    public void Release(string name, string id)
    {
        lock (gate)
        {
            if (idOfName.GetValueOrDefault(name) == id)
            {
                idOfName.Remove(name);
            }
        }
    }

    /// <summary>A name that nobody has, as Docker makes them: adjective_surname.</summary>
    public string ReserveRandom(string id, IdSource ids)
    {
        const int tries = 6;
        for (int attempt = 0; attempt < tries; attempt++)
        {
            string name = RandomNames.Choose(ids);
            if (attempt > 0)
            {
                name += ids.NewNumber(10);
            }

            lock (gate)
            {
                if (idOfName.TryAdd(name, id))
                {
                    return name;
                }
            }
        }

        Reserve(id[..12], id);
        return id[..12];
    }
}
