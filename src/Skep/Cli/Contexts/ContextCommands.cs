using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Contexts;

/// <summary>docker context: several daemons under names.</summary>
internal static class ContextCommands
{
    private const string Example =
        "--description \"some description\" --docker "
        + "\"host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"";

    public static DockerCommand Make(string program) =>
        new DockerCommand("context", "COMMAND", "Manage contexts") { Section = HelpSection.Management }.With(
            Create(program), ContextArchive.Export(), ContextArchive.Import(), ContextViews.Inspect(),
            ContextViews.List(), Remove(), Show(), Update(program), Use());

    public static ContextStore Store(Invocation call) => new(call.Session.Connection.ConfigDirectory);

    /// <exception cref="CommandFailedException">The name is wrong, or taken.</exception>
    public static void CheckNew(ContextStore store, string name)
    {
        ContextStore.CheckName(name);
        if (store.Exists(name))
        {
            throw new CommandFailedException($"context \"{name}\" already exists");
        }
    }

    /// <summary>The context as its file would be; the default one is made of flags and variables.</summary>
    public static StoredContext Read(Invocation call, string name) => name == ContextStore.DefaultName
        ? new StoredContext(name, "", EndpointChoice.Default(call.Session).Host, SkipsVerify: false)
        : Store(call).Read(name);

    public static IReadOnlyDictionary<string, byte[]> TlsFiles(Invocation call, string name) =>
        name == ContextStore.DefaultName
            ? EndpointChoice.DefaultTls(call.Session)
                .ToDictionary(file => file.Key, file => File.ReadAllBytes(file.Value))
            : Store(call).TlsFiles(name);

    private static DockerCommand Create(string program)
    {
        var command = new DockerCommand("create", "[OPTIONS] CONTEXT", "Create a context")
        {
            Count = WordCount.Exactly(1),
            LongDescription = $"Create a context\n\n{EndpointSetting.Keys}\n\nExample:\n\n"
                + $"$ {program} context create my-context {Example}",
        };
        Option<string> description = command.Flag(Flags.Text("description", null, "Description of the context"));
        Option<string[]> docker = command.Flag(DockerFlag());
        Option<string> from = command.Flag(Flags.Text("from", null, "create context from a named context"));
        return command.Does((call, _) =>
        {
            string name = call.Words[0];
            ContextStore store = Store(call);
            CheckNew(store, name);
            if (call.Has(docker) && call.Get(from).Length == 0)
            {
                EndpointSetting setting = EndpointSetting.Read(call.Get(docker), store);
                store.Write(new StoredContext(name, call.Get(description), setting.Host, setting.SkipsVerify));
                store.WriteTls(name, setting.Files);
            }
            else
            {
                Copy(call, call.Get(from), name, call.Get(description), call.Has(docker));
            }

            Say(call, name, "created");
            return Task.FromResult(0);
        });
    }

    // Without --docker and --from the context in use is copied, as docker does.
    private static void Copy(Invocation call, string from, string name, string description, bool hasEndpoint)
    {
        if (hasEndpoint)
        {
            throw new CommandFailedException("cannot use --docker flag when --from is set");
        }

        string source = from.Length > 0 ? from : EndpointChoice.ContextOf(call.Session);
        StoredContext copy = Read(call, source) with { Name = name };
        string own = source == ContextStore.DefaultName ? ContextStore.DefaultDescription : copy.Description;
        ContextStore store = Store(call);
        store.Write(copy with { Description = description.Length > 0 ? description : own });
        store.WriteTls(name, TlsFiles(call, source));
    }

    private static DockerCommand Update(string program)
    {
        var command = new DockerCommand("update", "[OPTIONS] CONTEXT", "Update a context")
        {
            Count = WordCount.Exactly(1),
            LongDescription = $"Update a context\n\n{EndpointSetting.Keys}\n\nExample:\n\n"
                + $"$ {program} context update my-context {Example}",
        };
        Option<string> description = command.Flag(Flags.Text("description", null, "Description of the context"));
        Option<string[]> docker = command.Flag(DockerFlag());
        return command.Does((call, _) =>
        {
            string name = call.Words[0];
            ContextStore.CheckName(name);
            ContextStore store = Store(call);
            StoredContext context = store.Read(name);
            if (call.Get(description).Length > 0)
            {
                context = context with { Description = call.Get(description) };
            }

            if (call.Has(docker))
            {
                EndpointSetting setting = EndpointSetting.Read(call.Get(docker), store);
                context = context with { Host = setting.Host, SkipsVerify = setting.SkipsVerify, HasEndpoint = true };
                store.WriteTls(name, StoredContext.DockerName, setting.Files);
            }

            store.Write(context);
            Say(call, name, "updated");
            return Task.FromResult(0);
        });
    }

    private static DockerCommand Remove()
    {
        var command = new DockerCommand("rm", "CONTEXT [CONTEXT...]", "Remove one or more contexts")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["context rm", "context remove"],
        };
        Option<bool> force = command.Flag(Flags.Switch("force", 'f', "Force the removal of a context in use"));
        return command.Named("remove").Does((call, stop) => EachWord.InTurnAsync(call, (name, _) =>
        {
            RemoveOne(call, name, call.Get(force));
            return Task.CompletedTask;
        }, stop));
    }

    private static void RemoveOne(Invocation call, string name, bool isForced)
    {
        if (name == ContextStore.DefaultName)
        {
            throw new CommandFailedException($"context \"{name}\" cannot be removed");
        }

        bool isInUse = name == EndpointChoice.ContextOf(call.Session);
        if (isInUse && !isForced)
        {
            throw new CommandFailedException($"context \"{name}\" is in use, set -f flag to force remove");
        }

        ContextStore store = Store(call);
        if (!isForced && !Directory.Exists(store.MetaFolder(name)))
        {
            throw new CommandFailedException($"context \"{name}\" does not exist");
        }

        if (isInUse)
        {
            call.Session.Settings.Value.SetCurrentContext("");
        }

        store.Remove(name);
    }

    private static DockerCommand Show() =>
        new DockerCommand("show", "", "Print the name of the current context").Does((call, _) =>
        {
            call.Console.WriteLine(EndpointChoice.ContextOf(call.Session));
            return Task.FromResult(0);
        });

    private static DockerCommand Use()
    {
        var command = new DockerCommand("use", "CONTEXT", "Set the current docker context")
        {
            Count = WordCount.Exactly(1),
        };
        return command.Does((call, _) =>
        {
            string name = call.Words[0];
            bool isDefault = name == ContextStore.DefaultName;
            if (!isDefault)
            {
                ContextStore.CheckName(name);
                Store(call).Read(name);
            }

            // An empty name stands for the default one; a file that would say nothing new is not made.
            ClientSettings settings = call.Session.Settings.Value;
            string kept = isDefault ? "" : name;
            if (settings.CurrentContext != kept)
            {
                settings.SetCurrentContext(kept);
            }

            call.Console.WriteLine(name);
            call.Console.WriteErrorLine($"Current context is now \"{name}\"");
            if (!isDefault && Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 })
            {
                call.Console.WriteErrorLine(ContextViews.OverrideWarning($"\"{name}\""));
            }

            return Task.FromResult(0);
        });
    }

    private static Option<string[]> DockerFlag() => Flags.List(
        "docker", null, "set the docker endpoint", EndpointSetting.Check, "stringToString");

    private static void Say(Invocation call, string name, string what)
    {
        call.Console.WriteLine(name);
        call.Console.WriteErrorLine($"Successfully {what} context \"{name}\"");
    }
}
