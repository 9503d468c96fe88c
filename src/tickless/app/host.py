"""What the command line needs from the house, answered with the real one.

What is heavy (databases, web, language) is imported inside the methods that need it, so that asking a running server is quick.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tickless.domain.errors import Conflict, NotFound
from tickless.doors.cli.client import ApiClient, CallFailed, NotReachable, RunningServer
from tickless.doors.cli.host import About, BrainFound, BrainStatus, Played, ServeRole, TenantsHost
from tickless.doors.cli.session import tell

DEMO_FOLDER = Path("build/demo")
YEAR_FOLDER = Path("build/year")
BROKEN = 500
"""The least status of a server that has trouble of its own."""
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


def is_there(server: RunningServer, *, patience: float = 10.0) -> bool:
    """Whether a house answers there to that token. One that is too busy for it is there: no other is opened beside it."""
    try:
        ApiClient.connect(server.url, server.token, timeout=patience).get("/numbers")
    except NotReachable as error:
        return error.busy
    except CallFailed as error:
        return error.status >= BROKEN
    return True


class Host:
    """See `doors.cli.host.CliHost`."""

    def client(self, *, url: str | None, data: Path | None) -> AbstractContextManager[ApiClient]:
        return self._client(url, data)

    @contextmanager
    def _client(self, url: str | None, data: Path | None) -> Iterator[ApiClient]:
        from tickless.app.settings import read_settings

        settings = read_settings(data)
        running = self._running(url, settings.data, data is None)
        if running is not None:
            yield ApiClient.connect(running.url, running.token)
            return
        from tickless.app.operating import house_in_process

        if data is None and not settings.data.exists():
            tell(
                f"no server answers here: a new house in {settings.data} does",
                mend="start `tickless serve`, or name one: --url",
            )
        with house_in_process(settings) as client:
            yield client

    @staticmethod
    def _running(url: str | None, data: Path, look_for_demo: bool) -> RunningServer | None:
        """The server to talk to: the named one, the data folder's, or a demo that runs from here."""
        folders = [data, DEMO_FOLDER / "data", YEAR_FOLDER / "data"] if look_for_demo else [data]
        found = [server for folder in folders if (server := RunningServer.find(folder))]
        if url is not None:
            token = next((server.token for server in found if server.url.rstrip("/") == url.rstrip("/")), "")
            return RunningServer(url, os.environ.get(TOKEN_VARIABLE, "") or token)
        return next((server for server in found if is_there(server)), None)

    def serve(self, *, role: ServeRole, host: str | None, port: int | None, data: Path | None, as_json: bool) -> int:
        gc.disable()  # nearly all that a start makes stays; `serve_until_stopped` lets the collector work again
        from tickless.app.operating import serve_until_stopped
        from tickless.app.settings import read_settings

        return serve_until_stopped(read_settings(data), role=role, host=host, port=port, as_json=as_json)

    def tenants(self, folder: Path) -> TenantsHost:
        from tickless.app.tenants.hosting import Tenants

        return Tenants(folder)

    def demo(self, *, once: bool, report: Path | None, port: int | None) -> int:
        from rich.console import Console

        from tickless.app.demo import play_demo
        from tickless.kit.log import configure_logging

        configure_logging(level="ERROR")
        port = 8480 if port is None else port
        return play_demo(once=once, report=report, port=port, folder=DEMO_FOLDER, console=Console())

    def accelerated(
        self, *, days: int, runbooks: Sequence[Path], once: bool, report: Path | None, port: int | None
    ) -> int:
        from rich.console import Console

        from tickless.app.accelerated.play import play_year
        from tickless.kit.log import configure_logging

        configure_logging(level="ERROR")
        port = 8480 if port is None else port
        return play_year(days=days, runbooks=runbooks, once=once, report=report, port=port, folder=YEAR_FOLDER,
                         console=Console())  # fmt: skip

    def init(self, folder: Path) -> list[str]:
        path = folder / "tickless.toml"
        if path.exists():
            raise Conflict(f"{path} exists already", mend="edit it, or choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(FIRST_SETTINGS, encoding="utf-8")
        return [f"wrote {path}", f"edit it, then: tickless --data {folder} serve"]

    def policies(self, *, data: Path | None) -> tuple[Path, str]:
        from tickless.app.settings import read_settings
        from tickless.app.shipped import shipped

        settings = read_settings(data)
        return settings.policies or shipped("policies"), settings.policy.profile

    def check_runbooks(self, files: Sequence[Path], *, data: Path | None) -> dict[Path, list[str]]:
        from tickless.app.runbook_checks import check_files

        return check_files(files, data=data)

    def new_runbook(self, identity: str, *, about: About, folder: Path) -> Path:
        from tickless.app.runbook_starter import starter

        return starter(identity, about=about, folder=folder)

    def test_runbooks(self, files: Sequence[Path], *, only: str, say: Callable[[str], object]) -> Sequence[Played]:
        from tickless.app.runbook_tests import play_tests
        from tickless.kit.log import configure_logging

        configure_logging(level="ERROR")
        return play_tests(files, only=only, say=say)

    def brain_fetch(
        self, *, data: Path | None, folder: Path | None, hub: str | None, again: bool, say: Callable[[str], None]
    ) -> None:
        from tickless.app.brain import fetch_files
        from tickless.app.settings import read_settings

        fetch_files(read_settings(data).brain, folder=folder, hub=hub, again=again, say=say)

    def brain_status(self, *, data: Path | None) -> BrainStatus:
        from tickless.app.brain import status_of
        from tickless.app.settings import read_settings

        return status_of(read_settings(data).brain)

    def brain_try(self, text: str, *, data: Path | None) -> BrainFound:
        from tickless.app.brain import brain_of, try_brain
        from tickless.app.configured import registry_of, runbooks_of
        from tickless.app.settings import read_settings
        from tickless.sdk.secrets import Secrets

        settings = read_settings(data)
        runbooks = runbooks_of(settings, registry_of(settings, Secrets()))
        return try_brain(brain_of(settings.brain, runbooks.values()), text)

    def export(self, folder: Path, *, data: Path | None) -> dict[str, int]:
        from tickless.app.dump import dump
        from tickless.app.settings import is_house, read_settings

        if data is None and not is_house(read_settings(None)) and (DEMO_FOLDER / "data").is_dir():
            data = DEMO_FOLDER / "data"
        settings = read_settings(data)
        if not is_house(settings):
            raise NotFound(f"there is no house in {settings.data}", mend="name its folder with --data")
        if folder.exists() and any(folder.iterdir()):
            raise Conflict(f"{folder} is not empty", mend="name a new folder")
        return dump(settings, folder)
