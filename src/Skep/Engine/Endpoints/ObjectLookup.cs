using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Engine.Endpoints;

/// <summary>Which object somebody means: the one with that id, else that name, else whose id begins so.</summary>
internal static class ObjectLookup
{
    public static Task<Node> NodeAsync(ISwarmControl control, string wanted, CancellationToken stop) => FindAsync(
        "node", wanted, () => control.GetNodeAsync(new NodeId(wanted), stop),
        query => control.ListNodesAsync(query, stop));

    public static Task<Secret> SecretAsync(ISwarmControl control, string wanted, CancellationToken stop) => FindAsync(
        "secret", wanted, () => control.GetSecretAsync(new SecretId(wanted), stop),
        query => control.ListSecretsAsync(query, stop));

    public static Task<Config> ConfigAsync(ISwarmControl control, string wanted, CancellationToken stop) => FindAsync(
        "config", wanted, () => control.GetConfigAsync(new ConfigId(wanted), stop),
        query => control.ListConfigsAsync(query, stop));

    public static async Task<Service> ServiceAsync(
        ISwarmControl control, string wanted, bool insertDefaults, CancellationToken stop)
    {
        bool isById = true;
        Service found = await FindAsync(
            "service", wanted, () => control.GetServiceAsync(new ServiceId(wanted), insertDefaults, stop),
            query =>
            {
                isById = false;
                return control.ListServicesAsync(query, stop);
            });

        // Lists show services as their users left them.
        return insertDefaults && !isById ? await control.GetServiceAsync(found.Id, insertDefaults, stop) : found;
    }

    public static Task<SwarmTask> TaskAsync(ISwarmControl control, string wanted, CancellationToken stop) => FindAsync(
        "task", wanted, () => control.GetTaskAsync(new TaskId(wanted), stop),
        query => control.ListTasksAsync(query, stop));

    public static Task<SwarmNetwork> NetworkAsync(ISwarmControl control, string wanted, CancellationToken stop) =>
        FindAsync(
            "network", wanted, () => control.GetNetworkAsync(new NetworkId(wanted), stop),
            query => control.ListNetworksAsync(query, stop));

    /// <param name="kind">For the words of a refusal.</param>
    /// <exception cref="RefusedException">None, or several.</exception>
    public static async Task<T> FindAsync<T>(
        string kind, string wanted, Func<Task<T>> get, Func<ObjectQuery, Task<IReadOnlyList<T>>> list)
    {
        try
        {
            return await get();
        }
        catch (RefusedException refused) when (refused.Kind is ErrorKind.NotFound or ErrorKind.Invalid)
        {
            IReadOnlyList<T> found = await list(new ObjectQuery { Names = [wanted] });
            if (found.Count == 0)
            {
                found = await list(new ObjectQuery { IdPrefixes = [wanted] });
            }

            return found switch
            {
                [T only] => only,
                [] => throw new RefusedException(ErrorKind.NotFound, $"{kind} {wanted} not found"),
                _ => throw new RefusedException(
                    ErrorKind.Invalid, $"{kind} {wanted} is ambiguous ({found.Count} matches found)"),
            };
        }
    }
}
