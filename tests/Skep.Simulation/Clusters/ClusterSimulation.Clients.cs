using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Simulation.Clusters;

// The clients: they write and read a few registers at managers of their choice and remember what they were told.
public sealed partial class ClusterSimulation
{
    private readonly RegisterHistory history = new();
    private long operations;

    internal void CrashedWith(List<ClientOperation> waiting) =>
        Figures.WritesUnknown += waiting.Count(static operation => operation.Write is not null);

    /// <summary>A manager has done a step: whoever was answered in it is told.</summary>
    internal void Stepped(SimulatedManager manager)
    {
        for (int index = manager.Waiting.Count - 1; index >= 0; index--)
        {
            if (manager.Waiting[index].IsAnswered)
            {
                Answered(manager.Waiting[index]);
                manager.Waiting.RemoveAt(index);
            }
        }
    }

    private void PlanClients()
    {
        for (int client = 0; client < Options.Clients; client++)
        {
            PlanOperation();
        }
    }

    private void PlanOperation() => Time.After(Exponential(Options.Think), () =>
    {
        if (!isHealed)
        {
            Operate();
            PlanOperation();
        }
    });

    private void Operate()
    {
        SimulatedManager[] up = [.. managers.Values.Where(static manager => manager.IsUp)];
        if (up.Length == 0)
        {
            return;
        }

        // Mostly where somebody says that it leads, also if others know better.
        SimulatedManager[] leading = [.. up.Where(static manager => manager.Leads)];
        SimulatedManager[] choice = leading.Length > 0 && Random.Next(4) > 0 ? leading : up;
        SimulatedManager manager = choice[Random.Next(choice.Length)];
        string register = $"register{Random.Next(Options.Registers)}";
        if (Random.Next(5) < 3)
        {
            Write(manager, register);
        }
        else
        {
            Read(manager, register);
        }

        manager.PlanStep();
    }

    private void Write(SimulatedManager manager, string register)
    {
        long number = ++operations;
        history.Began(number);
        try
        {
            manager.Waiting.Add(new ClientOperation
            {
                Number = number,
                Register = register,
                Floor = history.Floor(register),
                Write = manager.Driver!.Store.Start(change =>
                {
                    Config? found = change.Configs.Get(new ConfigId(register));
                    var spec = new ConfigSpec
                    {
                        Annotations = new Annotations { Name = register },
                        Data = Bytes.Utf8(RegisterHistory.Text(number)),
                    };
                    return found is null
                        ? change.Create(new Config { Id = new ConfigId(register), Spec = spec })
                        : change.Update(found with { Spec = spec });
                }),
            });
        }
        catch (RefusedException)
        {
            Figures.WritesRefused++;
            history.Refused(number);
        }
    }

    private void Read(SimulatedManager manager, string register) => manager.Waiting.Add(new ClientOperation
    {
        Number = ++operations,
        Register = register,
        Floor = history.Floor(register),
        Read = manager.Driver!.Store.StartRead(),
    });

    private void Answered(ClientOperation operation)
    {
        if (operation.Refusal is { } refusal)
        {
            if (operation.Write is not null && refusal.Kind != ErrorKind.OutcomeUnknown)
            {
                Figures.WritesRefused++;
                history.Refused(operation.Number);
            }
            else if (operation.Write is not null)
            {
                Figures.WritesUnknown++;
            }

            return;
        }

        if (operation.Write is { } write)
        {
            Figures.WritesDone++;
            history.Wrote(operation, write.Result!);
        }
        else
        {
            Figures.Reads++;
            history.Read(operation, operation.Read!.Outcome.Result);
        }
    }

    private TimeSpan Exponential(TimeSpan mean) =>
        TimeSpan.FromMicroseconds(-Math.Log(1 - Random.NextDouble()) * mean.TotalMicroseconds);
}
