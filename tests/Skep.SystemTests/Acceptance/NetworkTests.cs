using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Networks on one machine, names, published ports; and volumes that containers share.</summary>
[Collection(EnginePairCollection.Name)]
public class NetworkTests(EnginePair engines)
{
    /// <summary>
    /// busybox has no datagram server, so perl, which every Debian has, enters the container's network.
    /// </summary>
    private const string UdpEcho =
        "socket(S,PF_INET,SOCK_DGRAM,0); bind(S,sockaddr_in(53,INADDR_ANY)); alarm 20; "
        + "my $from=recv(S,my $what,99,0); send(S,$what,0,$from)";

    private const string UdpAsk =
        "socket(S,PF_INET,SOCK_DGRAM,0); connect(S,sockaddr_in($ARGV[1],inet_aton($ARGV[0]))); "
        + "for (1..30) { send(S,'ping',0); my $r=''; vec($r,fileno(S),1)=1; "
        + "if (select($r,undef,undef,0.5) && recv(S,my $b,99,0)) { print $b; exit } sleep 1 }";

    [Fact]
    public Task Containers_of_a_network_find_each_other_by_name() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker network create --subnet 10.77.1.0/24 --label a=b town");
        await user.SayAsync(
            "docker run -d --name server -h server --network town --network-alias shop --ip 10.77.1.50 "
            + "web:1");
        const string fetch = "docker run --rm --network town test wget -q -O - http://";
        await user.UntilAsync(fetch + "server/", "server v1");
        Assert.Equal("server v1", await user.SayAsync(fetch + "shop/"));
        Assert.Equal("server v1", await user.SayAsync(fetch + "10.77.1.50/"));
        await user.SayAsync("docker run --rm --network town --link server:db test wget -q -O - http://db/");
        await user.SayAsync("docker run --rm --network town test cat /etc/resolv.conf | grep -v '^#'");
        await user.SayAsync("docker run --rm --network town test nslookup server 127.0.0.11 | grep -c 10.77.1.50");
        await user.SayAsync(
            "docker exec server nslookup -type=ptr 50.1.77.10.in-addr.arpa 127.0.0.11 | grep -o "
            + "'server.town'");
        await user.TypeAsync("docker run --rm --network town test nslookup nosuchname. 127.0.0.11 >/dev/null");
        await user.TypeAsync("docker run --rm --init test timeout 3 wget -q -O - http://10.77.1.50/ || exit 1");
        await user.SayAsync(
            "docker network inspect town -f '{{json .IPAM.Config}} {{json .Labels}} {{.Driver}} {{.Scope}}'");
        await user.SayAsync("docker network inspect town -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}'");
    });

    [Fact]
    public Task A_running_container_joins_and_leaves_networks() => engines.CompareAsync(async user =>
    {
        await user.SayAsync(
            "docker network create --subnet 10.77.2.0/24 left && docker network create --subnet "
            + "10.77.3.0/24 right");
        await user.SayAsync("docker run -d --name server -h server --network left web:1");
        await user.SayAsync("docker run -d --name client --network right test sleep 1000");
        Assert.NotEqual(0, (await user.TypeAsync(
            "docker exec client timeout 3 wget -q -O - http://server/ || exit 1")).ExitCode);
        await user.SayAsync("docker network connect --alias other --ip 10.77.3.9 right server");
        await user.SayAsync("docker exec client timeout 5 wget -q -O - http://other/");
        await user.SayAsync("docker exec server ip -o -4 addr | awk '{ print $2, $4 }' | sort");
        await user.SayAsync(
            "docker inspect -f '{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAddress}} "
            + "{{end}}' server");
        await user.TypeAsync("docker network rm right 2>&1");
        await user.SayAsync("docker network disconnect right server");
        Assert.NotEqual(0, (await user.TypeAsync(
            "docker exec client timeout 3 wget -q -O - http://other/ || exit 1")).ExitCode);
        await user.SayAsync(
            "docker restart -t 0 server && docker exec server ip -o -4 addr | awk '{ print $2, $4 }' | sort");
        await user.TypeAsync("docker network connect left server 2>&1");
        await user.SayAsync("docker network ls --filter name=left --format '{{.Name}} {{.Driver}} {{.Scope}}'");
        await user.TypeAsync("docker network create left 2>&1");
        await user.TypeAsync("docker network create --subnet 10.77.2.0/25 overlapping 2>&1 | grep -o 'Pool.*'");
        await user.TypeAsync("docker network rm bridge 2>&1");
    });

    [Fact]
    public Task Published_ports_answer_from_outside_and_from_the_host() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name server -h server -p 8080:80 -p 127.0.0.1:8090:80 web:1");
        Assert.Equal("server v1", await FetchAsync(engines.Hosts.Outside, $"{user.Host.Address}:8080"));
        Assert.Equal("server v1", await FetchAsync(user.Host.Inside, "127.0.0.1:8080"));
        Assert.Equal("server v1", await FetchAsync(user.Host.Inside, "127.0.0.1:8090"));
        Assert.Equal("server v1", await FetchAsync(user.Host.Inside, $"{user.Host.Address}:8080"));
        await Assert.ThrowsAnyAsync<Exception>(() => FetchAsync(engines.Hosts.Outside, $"{user.Host.Address}:8090"));
        await user.SayAsync(
            $"docker run --rm test wget -q -O - http://{user.Host.Address}:8080/ | sed "
            + $"s/{user.Host.Address}/HOST/");
        await user.SayAsync("docker port server | sort");
        await user.SayAsync("docker ps --format '{{.Ports}}'");
        Finished taken = await user.TypeAsync("docker run --rm -p 8080:80 test true 2>/dev/null");
        Assert.Equal(125, taken.ExitCode);
        await user.SayAsync("docker run -d --name any -P web:1 && docker port any 80 | head -n 1");
        await user.SayAsync("docker rm -f server");
        await Assert.ThrowsAnyAsync<Exception>(() => FetchAsync(user.Host.Inside, "127.0.0.1:8080"));
        await user.SayAsync("docker run -d --name udp -p 5353:53/udp test sleep 1000");
        string process = await user.PrepareAsync("docker inspect -f '{{.State.Pid}}' udp");
        string[] perl = ["perl", "-MSocket", "-e"];
        Task<Finished> echoing = user.Host.Inside(["nsenter", "-t", process, "-n", .. perl, UdpEcho]).RunAsync();
        Finished answer = await engines.Hosts.Outside([.. perl, UdpAsk, user.Host.Address, "5353"]).RunAsync();
        Assert.Equal("ping", answer.Text);
        await echoing;
    });

    [Fact]
    public Task An_internal_network_has_no_way_out() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker network create --internal --subnet 10.77.4.0/24 inner");
        // The reference gives it a route that leads nowhere; later engines give none.
        await user.TypeAsync(
            "docker run --rm --init --network inner test timeout 3 wget -q -O - http://10.88.0.254:5000/ || exit 1");
        await user.SayAsync("docker run --rm test ip route | grep -c default");
        await user.SayAsync("docker network ls --filter driver=bridge --format '{{.Name}}' | sort");
        await user.SayAsync("docker network ls --filter type=builtin --format '{{.Name}} {{.Driver}}' | sort");
        await user.SayAsync("docker network prune -f | grep -v '^$'");
    });

    [Fact]
    public Task Volumes_are_shared_filled_and_protected() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker volume create --label a=b shared");
        await user.SayAsync("docker run --rm -v shared:/data test sh -c 'echo written >/data/file'");
        await user.SayAsync("docker run -d --name holder -v shared:/data:ro test sleep 1000");
        Assert.Equal("written", await user.SayAsync("docker exec holder cat /data/file"));
        await user.SayAsync("docker run --rm --volumes-from holder test cat /data/file");
        await user.TypeAsync("docker volume rm shared 2>&1");
        await user.SayAsync(
            "docker volume inspect -f '{{.Name}} {{.Driver}} {{.Scope}} {{json .Labels}} "
            + "{{json .Options}}' shared");
        await user.SayAsync("docker volume ls --filter label=a=b --format '{{.Name}} {{.Driver}}'");
        await user.SayAsync("docker volume ls --filter dangling=true -q");
        await user.SayAsync(
            "docker run --rm -v filled:/home/app rich 'cat note; ls -ld . | cut -c1-10; id -u; touch new'");
        await user.SayAsync("docker run --rm -v filled:/x test sh -c 'ls /x; stat -c %u:%g /x /x/new'");
        await user.SayAsync("docker run --rm -v empty:/home/app:nocopy test ls /home/app");
        await user.SayAsync(
            "docker run --name anonymous rich && docker volume ls -q | wc -l && docker rm -v anonymous && "
            + "docker volume ls -q | wc -l");
        await user.SayAsync("docker volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=1m quick");
        await user.SayAsync(
            "docker run --rm -v quick:/q test sh -c 'grep -o \"tmpfs /q tmpfs.*size=[0-9]*k\" /proc/mounts'");
        await user.SayAsync("docker rm -f holder && docker volume rm shared");
        await user.TypeAsync("docker volume create 'b/ad' 2>&1");
    });

    private static async Task<string> FetchAsync(Func<IReadOnlyList<string>, Command> place, string address)
    {
        const int attemptCount = 3;
        Finished? last = null;
        for (int attempt = 0; attempt < attemptCount; attempt++)
        {
            string url = $"http://{address}/";
            last = await place(["busybox", "timeout", "5", "busybox", "wget", "-q", "-O", "-", url]).RunAsync();
            if (last.ExitCode == 0)
            {
                return last.Text;
            }
        }

        throw new InvalidOperationException(last!.ToString());
    }
}
