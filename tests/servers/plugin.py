"""pytest plugin: brings the fixtures, and says clearly which lanes were left out.

A missing server makes its tests fail when `CI` is set and skips them elsewhere; the run then ends with a section that
names each lane left out and the package that would bring it.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest
from tests.servers.lanes import LANES, lanes_of
from tests.servers.shared import stop_shared

pytest_plugins = [
    "tests.servers.bot_connector",
    "tests.servers.doveadm",
    "tests.servers.dovecot",
    "tests.servers.exim",
    "tests.servers.knot",
    "tests.servers.mcp_lane",
    "tests.servers.nginx",
    "tests.servers.nginx_tls",
    "tests.servers.haproxy",
    "tests.servers.oidc",
    "tests.servers.postgres",
    "tests.servers.prometheus",
    "tests.servers.request_tracker",
    "tests.servers.samba",
    "tests.servers.scim",
    "tests.servers.slapd",
    "tests.servers.sshd",
    "tests.servers.supervisord",
    "tests.servers.synapse",
    "tests.servers.systemd",
    "tests.servers.watched_nginx",
    "tests.servers.webhook",
    "tests.servers.wireguard",
    "tests.servers.xllamacpp",
]


def pytest_configure() -> None:
    """End on SIGTERM as on Ctrl-C, so that a run that is cut off leaves no server behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail (CI) or skip (elsewhere) when a server is missing that the test needs."""
    markers = [str(name) for marker in item.iter_markers("server") for name in marker.args]
    for name in lanes_of(markers, getattr(item, "fixturenames", ())):
        missing = LANES[name].missing()
        if not missing:
            continue
        reason = f"lane {name}: {', '.join(missing)} not found; install {LANES[name].package}"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        item.user_properties.append(("lane_left_out", name))
        pytest.skip(reason)


def pytest_unconfigure() -> None:
    """Stop every shared server."""
    stop_shared()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each lane left out, how many tests that cost, and the package that would bring it."""
    left_out = Counter(
        str(name)
        for report in terminalreporter.stats.get("skipped", [])
        for key, name in getattr(report, "user_properties", ())
        if key == "lane_left_out"
    )
    if not left_out:
        return
    terminalreporter.section("Lanes left out", sep="=", yellow=True)
    for name, tests in sorted(left_out.items()):
        terminalreporter.write_line(f"{name}: {tests} tests left out. Install {LANES[name].package}")
