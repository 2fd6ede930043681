namespace Skep.SystemTests.Stacks;

/// <summary>The compose files of the tests.</summary>
internal static class StackFiles
{
    /// <summary>Nearly all that a service of a stack can say.</summary>
    public const string Whole = """
        version: "3.8"
        services:
          web:
            image: web:1
            entrypoint: /bin/sh
            command: ["-c", "exec /bin/web"]
            hostname: front
            environment: {B: "2", A: "x=y"}
            labels: {tier: front}
            ports:
              - "8088:80"
              - {target: 443, published: 8443, protocol: tcp, mode: host}
            networks:
              front: {aliases: [www]}
              back: {}
            volumes:
              - data:/data
              - /tmp:/host:ro
              - {type: tmpfs, target: /scratch, tmpfs: {size: 1048576}}
              - {type: volume, source: theirs, target: /theirs, volume: {nocopy: true}}
              - /anonymous
            secrets:
              - key
              - {source: key2, target: second, uid: "33", gid: "34", mode: 0400}
            configs:
              - {source: conf, target: /etc/conf}
            healthcheck: {test: ["CMD", "true"], interval: 5s, timeout: 3s, retries: 2, start_period: 1s}
            deploy:
              replicas: 0
              labels: {service: label}
              update_config: {parallelism: 2, delay: 1s, failure_action: rollback, monitor: 2s, max_failure_ratio: 0.1}
              rollback_config: {parallelism: 0}
              restart_policy: {condition: on-failure, delay: 2s, max_attempts: 3, window: 60s}
              resources:
                limits: {cpus: "0.5", memory: 64M}
                reservations: {cpus: "0.1", memory: 16M}
              placement:
                constraints: ["node.role == manager"]
                preferences: [{spread: node.labels.zone}]
                max_replicas_per_node: 2
            stop_grace_period: 1s
            stop_signal: SIGINT
            init: true
            tty: true
            stdin_open: true
            read_only: true
            user: "33:33"
            working_dir: /work
            extra_hosts: ["db:10.0.0.5"]
            dns: [10.0.0.1]
            dns_search: [example.org]
            cap_add: [NET_ADMIN]
            cap_drop: [CHOWN]
            sysctls: {net.core.somaxconn: "100"}
            ulimits: {nproc: 100, nofile: {soft: 200, hard: 400}}
            logging: {driver: json-file, options: {max-size: 1m}}
          api:
            image: web:2
            restart: always
            stop_grace_period: 1s
            deploy: {mode: global, endpoint_mode: dnsrr}
        networks:
          front: {driver: overlay, attachable: true, labels: {net: label}}
          back: {internal: true, ipam: {config: [{subnet: 10.77.9.0/24}]}}
        volumes:
          data: {driver: local, driver_opts: {type: tmpfs, device: tmpfs}, labels: {v: l}}
          theirs: {external: true}
        secrets:
          key: {file: ./key.txt, labels: {s: l}}
          key2: {external: true, name: outer_key}
        configs:
          conf: {file: ./conf.txt, name: fixedconf}
        """;

    /// <summary>Two services that run, of which one reads a secret and a config.</summary>
    public const string Small = """
        version: "3.8"
        services:
          web:
            image: web:1
            stop_grace_period: 1s
            secrets: [key]
            configs: [{source: conf, target: /etc/conf}]
            deploy: {update_config: {monitor: 1s}}
          api:
            image: web:1
            stop_grace_period: 1s
        secrets:
          key: {file: ./key.txt}
        configs:
          conf: {file: ./conf.txt}
        """;

    /// <summary>A service that waits for another one, which is ill until somebody says otherwise.</summary>
    public const string Ordered = """
        services:
          app:
            image: web:1
            stop_grace_period: 1s
            depends_on:
              base: {condition: service_healthy}
          base:
            image: test
            command: sleep 600
            stop_grace_period: 1s
            healthcheck: {test: test -e /tmp/well, interval: 200ms, start_period: 10m}
            devices: ["/dev/zero:/dev/nought:r"]
            pid: host
            ipc: none
            security_opt: ["no-new-privileges:true"]
        """;

    /// <summary>Services that have of a machine what only `docker run` has elsewhere. GROUP is a cgroup.</summary>
    public const string Machine = """
        services:
          open:
            image: test
            command: sleep 600
            stop_grace_period: 1s
            devices: ["/dev/zero:/dev/nought:r"]
            device_cgroup_rules: ["c 1:7 rw"]
            pid: host
            ipc: host
            uts: host
            cgroup: host
            cgroup_parent: GROUP
          strict:
            image: test
            command: sleep 600
            stop_grace_period: 1s
            ipc: none
            cgroup: private
            security_opt: [no-new-privileges, "seccomp=./profile.json"]
            deploy: {update_config: {monitor: 1s}}
          root:
            image: test
            command: sleep 600
            stop_grace_period: 1s
            privileged: true
          lacking:
            image: test
            command: sleep 600
            devices: ["/dev/nosuch"]
            restart: "no"
        """;

    /// <summary>The same file runs locally, where secrets are files that are mounted, and as a stack.</summary>
    public const string Local = """
        version: "3.1"

        services:
          psql:
            image: test
            command:
              - sh
              - -c
              - echo $$(cat $$PSQL_USER_FILE $$PSQL_PASSWORD_FILE); trap "exit 0" TERM; while :; do sleep 0.2; done
            secrets:
              - psql_user
              - psql_password
            environment:
              PSQL_USER_FILE: /run/secrets/psql_user
              PSQL_PASSWORD_FILE: /run/secrets/psql_password

        secrets:
          psql_user:
            file: ./psql_user.txt
          psql_password:
            file: ./psql_password.txt
        """;
}
