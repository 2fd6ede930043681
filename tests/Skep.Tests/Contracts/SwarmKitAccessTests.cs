using Google.Protobuf.Reflection;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Tests.Contracts;

public class SwarmKitAccessTests
{
    private const RpcAccess Node = RpcAccess.Worker | RpcAccess.Manager;

    /// <summary>Written down a second time from SwarmKit's tls_authorization; Control is for managers.</summary>
    private static readonly Dictionary<string, RpcAccess> expected = new()
    {
        ["CA/GetRootCACertificate"] = RpcAccess.Anyone,
        ["CA/GetUnlockKey"] = RpcAccess.Manager,
        ["NodeCA/IssueNodeCertificate"] = RpcAccess.Anyone,
        ["NodeCA/NodeCertificateStatus"] = RpcAccess.Anyone,
        ["Dispatcher/Session"] = Node,
        ["Dispatcher/Heartbeat"] = Node,
        ["Dispatcher/UpdateTaskStatus"] = Node,
        ["Dispatcher/UpdateVolumeStatus"] = Node,
        ["Dispatcher/Tasks"] = Node,
        ["Dispatcher/Assignments"] = Node,
        ["Raft/ProcessRaftMessage"] = RpcAccess.Manager,
        ["Raft/StreamRaftMessage"] = RpcAccess.Manager,
        ["Raft/ResolveAddress"] = RpcAccess.Manager,
        ["RaftMembership/Join"] = RpcAccess.Manager,
        ["RaftMembership/Leave"] = RpcAccess.Manager,
        ["ResourceAllocator/AttachNetwork"] = Node,
        ["ResourceAllocator/DetachNetwork"] = Node,
        ["Health/Check"] = RpcAccess.Manager,
        ["LogBroker/ListenSubscriptions"] = Node,
        ["LogBroker/PublishLogs"] = Node,
        ["Logs/SubscribeLogs"] = RpcAccess.Manager,
        ["Watch/Watch"] = RpcAccess.Manager,
    };

    [Fact]
    public void Every_method_of_every_service_names_its_roles()
    {
        foreach (var method in SwarmKitDescriptors.Methods)
        {
            string name = $"{method.Service.Name}/{method.Name}";
            var access = method.Service.Name == "Control" ? RpcAccess.Manager : expected[name];
            Assert.Equal((name, access), (name, SwarmKitAccess.Of(PathOf(method))));
        }
        Assert.Equal(expected.Count + 43, SwarmKitDescriptors.Methods.Count);
    }

    [Fact]
    public void Every_method_has_an_entry_with_its_path_and_its_messages()
    {
        var entries = typeof(SwarmKitMethods).GetNestedTypes().SelectMany(service => service.GetFields())
            .ToDictionary(field => PathIn(field.GetValue(null)!), field => field.FieldType.GetGenericArguments()[..2]);
        foreach (var method in SwarmKitDescriptors.Methods)
        {
            Assert.True(entries.Remove(PathOf(method), out var messages), method.FullName);
            Assert.Equal([method.InputType.ClrType, method.OutputType.ClrType], messages);
        }
        Assert.Empty(entries);
    }

    [Theory]
    [InlineData("/docker.swarmkit.v1.CA/Nothing")]
    [InlineData("/docker.swarmkit.v1.NodeCA/Nothing")]
    [InlineData("/docker.swarmkit.v1.Nothing/Check")]
    [InlineData("/docker.swarmkit.v1.Health")]
    [InlineData("/grpc.health.v1.Health/Check")]
    [InlineData("")]
    public void What_SwarmKit_does_not_have_is_open_to_nobody(string path) =>
        Assert.Equal(RpcAccess.None, SwarmKitAccess.Of(path));

    private static string PathIn(object method) => (string)method.GetType().GetProperty("Path")!.GetValue(method)!;

    private static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";
}
