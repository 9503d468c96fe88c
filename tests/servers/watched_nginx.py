"""The whole machine door in small: supervisord runs nginx, blackbox and Prometheus watch it, Alertmanager tells.

Supervisord does not restart it (`autorestart=false`): whoever hears the alert has to.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from tests.servers.nginx import nginx_command
from tests.servers.processes import free_port, own_folder
from tests.servers.prometheus import Monitoring, StartMonitoring
from tests.servers.supervisord import Supervisord, run_supervisord


@dataclass(frozen=True)
class WatchedNginx:
    """`supervisor` supervises an nginx called `supervisor.process`; `watch(webhook_url, ...)` starts the monitoring.

    `watch` takes `service` (label of the alerts, default the process name), `labels` and `token` as `run_monitoring` does.
    """

    supervisor: Supervisord
    watch: Callable[..., Monitoring]

    @property
    def url(self) -> str:
        return self.supervisor.service_url

    def serves(self) -> bool:
        """The symptom itself."""
        return self.supervisor.serves()

    def kill(self) -> None:
        """SIGKILL nginx; it stays down until somebody restarts it."""
        self.supervisor.kill()


@pytest.fixture
def watched_nginx(prometheus_stack: StartMonitoring) -> Iterator[WatchedNginx]:
    """A supervised nginx that serves; not yet watched until `watch(webhook_url)` is called."""
    with ExitStack() as stack:
        supervisor_folder = stack.enter_context(own_folder("sup"))
        nginx_folder = stack.enter_context(own_folder("nginx"))
        port = free_port()
        command = shlex.join(nginx_command(nginx_folder, port=port))
        supervisor = stack.enter_context(
            run_supervisord(supervisor_folder, process="nginx", command=command, service_port=port)
        )

        def watch(webhook_url: str, *, service: str = "nginx", **settings: Any) -> Monitoring:
            return prometheus_stack(webhook_url, probes={service: supervisor.service_url}, **settings)

        yield WatchedNginx(supervisor, watch)
