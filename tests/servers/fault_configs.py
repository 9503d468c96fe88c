"""What the fault estate's servers are told: two web servers, a proxy before them, exporters, and rules of the usual kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.servers.processes import HOST

RATE: Final = 1_000
"""Bytes a second that a slow server sends; the first second's worth goes at once."""
ANSWER: Final = "ok" * 600
"""Longer than that, so that a slow answer takes about a second."""
SLOW: Final = 0.7
"""Seconds from which an answer is too slow."""
LARGE: Final = 100_000_000
"""Bytes from which the worker is told to eat memory; its own limit is higher."""
NGINX = """
daemon off;
master_process off;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    server {{
        listen {host}:{port};
        location = /alive {{ default_type text/plain; return 200 "alive\\n"; }}
        location / {{
            default_type text/plain;
            if (-f {folder}/{name}.slow) {{ set $limit_rate {rate}; }}
            if (-f {folder}/{name}.broken) {{ return 500; }}
            return 200 "{answer}\\n";
        }}
    }}
    {tls}
}}
"""
TLS = """
    server {{
        listen {host}:{port} ssl;
        ssl_certificate {folder}/chain.pem;
        ssl_certificate_key {folder}/key.pem;
        return 200;
    }}
"""
HAPROXY = """
global
    maxconn 200
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
    retries 0
frontend shop
    bind {host}:{edge}
    use_backend api if {{ path_beg /api }}
    use_backend worker if {{ path_beg /reports }}
    default_backend web
backend web
    option httpchk GET /alive
    server web-1 {host}:{web} check inter 500ms fall 2 rise 1
backend api
    option httpchk GET /alive
    server api-1 {host}:{api} check inter 500ms fall 2 rise 1
backend worker
    option httpchk GET /
    server worker-1 {host}:{worker} check inter 500ms fall 2 rise 1
frontend stats
    bind {host}:{stats}
    http-request use-service prometheus-exporter if {{ path /metrics }}
"""
SUPERVISORD = """
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
childlogdir={folder}
[inet_http_server]
port={host}:{port}
username={username}
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
directory={folder}
autostart=true
autorestart=false
startsecs=0
stopasgroup=true
killasgroup=true
stdout_logfile={folder}/{name}.log
redirect_stderr=true
"""


PROCESSES = """
process_names:
  - name: worker
    cmdline: ["fault_worker", "{port}"]
"""


def rules(*, disk: Path) -> dict[str, Any]:
    """As rule sets of the field have them, with shorter spans. `service`: the target's label, or the proxy's backend."""
    errors = 'sum by (proxy) (rate(haproxy_server_http_responses_total{code="5xx"}[5s]))'
    requests = "sum by (proxy) (rate(haproxy_server_http_responses_total[5s]))"
    free = (
        f'node_filesystem_avail_bytes{{mountpoint="{disk}"}} / node_filesystem_size_bytes{{mountpoint="{disk}"}} * 100'
    )
    found = [
        _rule("BlackboxProbeFailed", 'probe_success{check="http"} == 0', "critical", "{{ $labels.instance }} does not answer"),
        _rule("TargetDown", 'up{job!="blackbox"} == 0', "critical", "{{ $labels.job }} cannot be scraped"),
        _rule("HaproxyHasNoAliveBackends", _named("haproxy_backend_active_servers == 0"), "critical",
              "HAProxy has no alive servers in {{ $labels.proxy }}"),
        _rule("HaproxyHighHttp5xxErrorRateBackend", _named(f"{errors} / {requests} > 0.2"), "critical",
              "too many requests end in 5xx in {{ $labels.proxy }}"),
        _rule("BlackboxProbeSlow", f"probe_duration_seconds{{check='speed'}} > {SLOW} and probe_success == 1", "warning",
              "{{ $labels.instance }} answers slowly: high latency"),
        _rule("ProcessMemoryHigh", f"namedprocess_namegroup_memory_bytes{{memtype='resident'}} > {LARGE}", "warning",
              "{{ $labels.groupname }} uses too much memory"),
        _rule("SSLCertExpiringSoon", "probe_ssl_earliest_cert_expiry - time() < 86400 * 20", "warning",
              "the certificate of {{ $labels.instance }} expires within 20 days"),
        _rule("NodeFilesystemAlmostOutOfSpace", f"{free} < 15", "warning",
              "{{ $labels.mountpoint }} has {{ $value }} % left"),
    ]  # fmt: skip
    return {"groups": [{"name": "estate", "interval": "1s", "rules": found}]}


def _named(expression: str) -> str:
    """The name of the proxy's backend is the service's."""
    return f'label_replace({expression}, "service", "$1", "proxy", "(.+)")'


def _rule(name: str, expression: str, severity: str, summary: str) -> dict[str, Any]:
    return {
        "alert": name, "expr": expression, "for": "1s", "labels": {"severity": severity}, "annotations": {"summary": summary},
    }  # fmt: skip


BLACKBOX: Final = {
    "modules": {
        "http_2xx": {"prober": "http", "timeout": "2s"},
        "speed": {"prober": "http", "timeout": "3s"},
        "tls": {"prober": "tcp", "timeout": "2s", "tcp": {"tls": True, "tls_config": {"insecure_skip_verify": True}}},
    }
}


def prometheus(ports: dict[str, int], probes: dict[str, str], *, timed: dict[str, str], secure: str) -> dict[str, Any]:
    """Scrapes every second: what answers from outside, what the proxy counts, what the node says. `timed`: what is looked
    at for how long it takes."""
    speed = [{"targets": [url], "labels": {"service": name, "check": "speed"}} for name, url in timed.items()]
    http = [{"targets": [url], "labels": {"service": name, "check": "http"}} for name, url in probes.items()]
    tls = [{"targets": [secure], "labels": {"service": "portal", "check": "tls"}}]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{ports['alertmanager']}"]}]}]},
        "scrape_configs": [
            _blackbox("blackbox", "http_2xx", http, ports) | {"scrape_interval": "3s", "scrape_timeout": "3s"},
            _blackbox("blackbox-tls", "tls", tls, ports) | {"scrape_interval": "2s"},
            _blackbox("blackbox-speed", "speed", speed, ports) | {"scrape_interval": "3s", "scrape_timeout": "3s"},
            _job("haproxy", ports["stats"], {"service": "edge"}),
            _job("node", ports["node"], {"service": "files", "host": "files-1"}),
            _job("processes", ports["processes"], {"service": "worker"}),
        ],
    }


def _job(name: str, port: int, labels: dict[str, str]) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": [f"{HOST}:{port}"], "labels": labels}]}


def _blackbox(name: str, module: str, targets: list[dict[str, Any]], ports: dict[str, int]) -> dict[str, Any]:
    return {
        "job_name": name,
        "metrics_path": "/probe",
        "params": {"module": [module]},
        "static_configs": targets,
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": f"{HOST}:{ports['blackbox']}"},
        ],
    }


def alertmanager(webhook_url: str, token: str) -> dict[str, Any]:
    """Groups by alert name, as most do: one cause comes in several groups."""
    return {
        "route": {
            "receiver": "tickless", "group_by": ["alertname"], "group_wait": "1s", "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [{
            "name": "tickless",
            "webhook_configs": [{
                "url": webhook_url, "send_resolved": True, "http_config": {"authorization": {"credentials": token}},
            }],
        }],
    }  # fmt: skip
