"""What the command line needs from the house, answered with the real one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from tickless.app.build import House, build, registry_of
from tickless.app.dump import dump
from tickless.app.serving import alone, announced, local_user, serving
from tickless.app.settings import FILE_NAME, read_settings
from tickless.domain.errors import Conflict, RunbookInvalid
from tickless.doors.cli.client import ApiClient, NotReachable, RunningServer
from tickless.doors.cli.host import ServeRole
from tickless.doors.entrance.entrance import link_path
from tickless.kit.log import configure_logging
from tickless.sdk.secrets import Secrets
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.compiler import compile_runbook

DEMO_FOLDER = Path("build/demo")
TOKEN_VARIABLE = "TICKLESS_TOKEN"  # noqa: S105 (the name of a variable)
FIRST_SETTINGS = """# Settings of Tickless. Every field: docs/reference/settings.md
# host = "127.0.0.1"
# port = 8480
# database = "postgresql+psycopg://tickless@db.internal/tickless"   # default: SQLite in this folder
default_rung = "suggest"        # where a runbook stands until somebody moves it: observe, suggest, approve, auto

# [connectors.ldap]
# use = "ldap"
# [connectors.ldap.settings]
# url = "ldaps://directory.internal"
# bind_dn = "cn=tickless,ou=services,dc=example,dc=org"
# password = "env:LDAP_PASSWORD"

# [bindings]
# directory = "ldap"
"""


class Host:
    """See `doors.cli.host.CliHost`."""

    def client(self, *, url: str | None, data: Path | None) -> AbstractContextManager[ApiClient]:
        return self._client(url, data)

    @contextmanager
    def _client(self, url: str | None, data: Path | None) -> Iterator[ApiClient]:
        settings = read_settings(data)
        running = self._running(url, settings.data, data is None)
        if running is not None:
            yield ApiClient.connect(running.url, running.token)
            return
        configure_logging(level="ERROR")
        with ExitStack() as stack:
            stack.enter_context(alone(settings.data))
            house = build(settings)
            house.start()
            stack.callback(house.stop)
            address = stack.enter_context(serving(house))
            token = stack.enter_context(announced(house, address))
            yield ApiClient.connect(address, token)

    @staticmethod
    def _running(url: str | None, data: Path, look_for_demo: bool) -> RunningServer | None:
        """The server to talk to: the named one, the data folder's, or a demo that runs from here."""
        folders = [data, DEMO_FOLDER / "data"] if look_for_demo else [data]
        found = [server for folder in folders if (server := RunningServer.find(folder))]
        if url is not None:
            token = next((server.token for server in found if server.url.rstrip("/") == url.rstrip("/")), "")
            return RunningServer(url, os.environ.get(TOKEN_VARIABLE, "") or token)
        for server in found:
            with contextlib.suppress(NotReachable):
                ApiClient.connect(server.url, server.token, timeout=3.0).get("/numbers")
                return server
        return None

    def serve(self, *, role: ServeRole, host: str | None, port: int | None, data: Path | None) -> int:
        settings = read_settings(data)
        configure_logging(level=settings.log_level, form=settings.log_form)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with ExitStack() as stack:
            if settings.database is None:
                stack.enter_context(alone(settings.data))
            house = build(settings, role=role)
            house.start()
            stack.callback(house.stop)
            where = settings.port if port is None else port
            self._say_where(stack, house, role=role, host=host or settings.host, port=where)
            stopped.wait()
        return 0

    @staticmethod
    def _say_where(stack: ExitStack, house: House, *, role: ServeRole, host: str, port: int) -> None:
        console = Console(stderr=True)
        if role == "worker":
            console.print(f"worker [b]{house.node}[/] is at work; stop it with Ctrl-C")
            return
        address = stack.enter_context(serving(house, host=host, port=port))
        stack.enter_context(announced(house, address))
        link = link_path(house.entrance.make_link(local_user(house)))
        console.print(f"Tickless serves on [b]{address}[/]; sign in once with {address}{link}")
        console.print(f"data: {house.settings.data} · role: {role} · stop with Ctrl-C")

    def demo(self, *, once: bool, report: Path | None, port: int | None) -> int:
        from tickless.app.demo import play_demo  # only the demo needs the sample company

        configure_logging(level="ERROR")
        port = 8480 if port is None else port
        return play_demo(once=once, report=report, port=port, folder=DEMO_FOLDER, console=Console())

    def init(self, folder: Path) -> list[str]:
        path = folder / FILE_NAME
        if path.exists():
            raise Conflict(f"{path} exists already", mend="edit it, or choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(FIRST_SETTINGS, encoding="utf-8")
        return [f"wrote {path}", f"edit it, then: tickless --data {folder} serve"]

    def check_runbooks(self, files: Sequence[Path], *, data: Path | None) -> dict[Path, list[str]]:
        registry = registry_of(read_settings(data), Secrets())
        catalogue = catalogue_of(registry)
        found: dict[Path, list[str]] = {}
        for path in (one for file in files for one in (sorted(file.rglob("*.yaml")) if file.is_dir() else [file])):
            try:
                compile_runbook(path.read_text(encoding="utf-8"), path=str(path), catalogue=catalogue)
                found[path] = []
            except RunbookInvalid as error:
                found[path] = [str(problem) for problem in error.problems]
            except (OSError, UnicodeDecodeError) as error:
                found[path] = [f"{path}: cannot be read: {error}"]
        return found

    def export(self, folder: Path, *, data: Path | None) -> dict[str, int]:
        settings = read_settings(data)
        if folder.exists() and any(folder.iterdir()):
            raise Conflict(f"{folder} is not empty", mend="name a new folder")
        return dump(settings, folder)
