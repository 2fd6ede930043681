using Skep.Docker.Compose;
using Skep.Swarm.Objects;
using Skep.Swarm.Starts;

namespace Skep.Docker.Stacks;

/// <summary>What `depends_on` says: who waits for whom, and whether that can ever end.</summary>
internal static class StackGates
{
    /// <summary>The gates of a service as the managers of the swarm read them.</summary>
    /// <exception cref="ComposeException">The service would wait forever.</exception>
    public static IReadOnlyList<StartGate> Of(StackScope scope, ComposeProject project, ComposeService service)
    {
        if (service.DependsOn.Count > Skep.Swarm.Limits.StartGates)
        {
            throw ComposeException.At(
                service.PlaceOf("depends_on"),
                $"service {service.Name}: depends_on names more than {Skep.Swarm.Limits.StartGates} services");
        }

        RefuseCircle(project, service);
        return [.. service.DependsOn.Select(gate => Of(scope, project, service, gate))];
    }

    /// <summary>Whoever writes the label by hand as well waits for both.</summary>
    public static ValueMap<string> AddTo(ValueMap<string> labels, IReadOnlyList<StartGate> gates) => gates.Count == 0
        ? labels
        : labels.With(
            StartLabel.Key,
            labels.TryGetValue(StartLabel.Key, out string? own)
                ? $"{own},{StartLabel.Write(gates)}"
                : StartLabel.Write(gates));

    /// <summary>Another service waits for this one to have done its work.</summary>
    public static bool MustComplete(ComposeProject project, ComposeService service) =>
        project.Services.Any(other => other.DependsOn.Any(gate =>
            gate.Service == service.Name && ConditionOf(gate) == StartCondition.Completed));

    private static StartGate Of(
        StackScope scope, ComposeProject project, ComposeService service, ComposeStartGate gate)
    {
        ComposeService other = project.Services.Single(one => one.Name == gate.Service);
        StartCondition condition = ConditionOf(gate);
        string? problem = condition switch
        {
            StartCondition.Completed when !Ends(project, other) =>
                $"is started again whenever it ends: give {other.Name} the deploy.mode replicated-job, "
                + "or a deploy.restart_policy with the condition none or on-failure",
            StartCondition.Healthy when other.Health is { IsDisabled: true } =>
                "has switched its healthcheck off: wait for service_started",
            _ => null,
        };
        return problem is null
            ? new StartGate(scope.NameOf(other.Name, null), condition)
            : throw ComposeException.At(
                gate.Place,
                $"services.{service.Name}.depends_on.{other.Name}.condition: {gate.Condition}: {other.Name} {problem}");
    }

    private static StartCondition ConditionOf(ComposeStartGate gate) => gate.Condition switch
    {
        "service_healthy" => StartCondition.Healthy,
        "service_completed_successfully" => StartCondition.Completed,
        _ => StartCondition.Started,
    };

    private static bool Ends(ComposeProject project, ComposeService service) =>
        service.Deploy.Mode is "replicated-job" or "global-job"
        || StackRestarts.Of(project, service)?.Condition is "none" or "on-failure";

    /// <summary>The way from a service back to itself, if there is one, is told to whoever is on it.</summary>
    private static void RefuseCircle(ComposeProject project, ComposeService service)
    {
        var cameFrom = new Dictionary<string, string>();
        var open = new Queue<string>([service.Name]);
        while (open.TryDequeue(out string? at))
        {
            foreach (ComposeStartGate gate in project.Services.Single(one => one.Name == at).DependsOn)
            {
                if (!cameFrom.TryAdd(gate.Service, at))
                {
                    continue;
                }

                if (gate.Service == service.Name)
                {
                    throw ComposeException.At(
                        service.PlaceOf("depends_on"),
                        $"services.{service.Name}.depends_on: dependency cycle detected: "
                        + Way(cameFrom, service.Name));
                }

                open.Enqueue(gate.Service);
            }
        }
    }

    private static string Way(Dictionary<string, string> cameFrom, string name)
    {
        List<string> names = [name];
        for (string at = cameFrom[name]; at != name; at = cameFrom[at])
        {
            names.Insert(0, at);
        }

        names.Insert(0, name);
        return string.Join(" -> ", names);
    }
}
