using Skep.Swarm;

namespace Skep.Tests.Docker.Swarm;

/// <summary>Specs that the real engine refuses, with its words; then those that it takes and cannot fulfil.</summary>
public class ServiceSpecsTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { """{"Name":"m"}""", "mismatched Runtime and *Spec fields" },
        { Task("\"Runtime\":\"x\""), "unsupported runtime" },
        { Task("\"Runtime\":\"attachment\""), "unsupported runtime" },
        { """{"TaskTemplate":{"Runtime":"plugin"}}""", "mismatched Runtime and *Spec fields" },
        {
            """{"TaskTemplate":{"Runtime":"plugin","PluginSpec":{"name":"p"}}}""",
            "runtime type \"plugin\" only supported in experimental"
        },
        { Task("\"RestartPolicy\":{\"Condition\":\"x\"}"), "invalid RestartCondition: \"x\"" },
        { Container("\"Mounts\":[{\"Type\":\"x\",\"Target\":\"/a\"}]"), "invalid MountType: \"x\"" },
        {
            Container("\"Mounts\":[{\"Type\":\"bind\",\"BindOptions\":{\"Propagation\":\"zz\"}}]"),
            "invalid MountPropagation: \"zz\""
        },
        {
            Container("\"Privileges\":{\"CredentialSpec\":{}}"),
            "invalid CredentialSpec: must either provide \"file\", \"registry\", or \"config\" for credential spec"
        },
        {
            Container("\"Privileges\":{\"CredentialSpec\":{\"File\":\"a\",\"Registry\":\"b\"}}"),
            "invalid CredentialSpec: cannot specify both \"file\" and \"registry\" credential specs"
        },
        {
            Container("\"Privileges\":{\"CredentialSpec\":{\"File\":\"a\",\"Registry\":\"b\",\"Config\":\"c\"}}"),
            "invalid CredentialSpec: cannot specify both \"config\", \"file\", and \"registry\" credential specs"
        },
        { Container("\"Configs\":[{\"ConfigID\":\"c\"}]"), "invalid Config: either File or Runtime should be set" },
        {
            Container("\"Configs\":[{\"ConfigID\":\"c\",\"File\":{},\"Runtime\":{}}]"),
            "invalid Config: cannot specify both File and Runtime"
        },
        { Service("\"Mode\":{\"Global\":{},\"Replicated\":{}}"), "must specify only one service mode" },
        { Service("\"UpdateConfig\":{\"FailureAction\":\"x\"}"), "unrecognized update failure action x" },
        { Service("\"RollbackConfig\":{\"Order\":\"x\"}"), "unrecognized update order x" },
        { Service("\"EndpointSpec\":{\"Mode\":\"zz\"}"), "invalid resolution mode: \"zz\"" },

        // Here on Docker says nothing and gives something else, or lets every task fail.
        {
            Container("\"Privileges\":{\"CredentialSpec\":{\"File\":\"a\"}}"),
            "invalid CredentialSpec: credential specs are for Windows containers, and not supported on linux"
        },
        { Container("\"Isolation\":\"hyperv\""), "invalid isolation (hyperv): linux only supports 'default'" },
        { Container("\"Privileges\":{\"Seccomp\":{\"Mode\":\"x\"}}"), "invalid seccomp mode: \"x\"" },
        { Container("\"Privileges\":{\"AppArmor\":{\"Mode\":\"x\"}}"), "invalid AppArmor mode: \"x\"" },
        { Service("\"EndpointSpec\":{\"Ports\":[{\"Protocol\":\"x\"}]}"), "invalid port protocol: \"x\"" },
        { Service("\"EndpointSpec\":{\"Ports\":[{\"PublishMode\":\"x\"}]}"), "invalid publish mode: \"x\"" },
        {
            Task("\"Resources\":{\"Reservations\":{\"GenericResources\":[{}]}}"),
            "a generic resource must have a named or a discrete resource spec"
        },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_a_service_cannot_be_is_refused_by_name(string json, string message) =>
        Assert.Equal(message, Assert.Throws<RefusedException>(() => ServiceViewTests.Read(json)).Message);

    [Fact]
    public void Words_may_be_written_in_capitals_where_docker_reads_them_so() => Assert.Equal(
        ServiceViewTests.Read(Container("\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/a\"}]")),
        ServiceViewTests.Read(Container("\"Mounts\":[{\"Type\":\"TMPFS\",\"Target\":\"/a\"}]")));

    private static string Container(string more) =>
        """{"TaskTemplate":{"ContainerSpec":{"Image":"a",""" + more + "}}}";

    private static string Task(string more) =>
        """{"TaskTemplate":{"ContainerSpec":{"Image":"a"},""" + more + "}}";

    private static string Service(string more) =>
        """{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},""" + more + "}";
}
