"""Serving: the site on uvicorn, in this thread until it is stopped, or in a thread beside for as long as a block lasts."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from tickless.app.build import House
from tickless.domain.errors import Conflict, Unreachable
from tickless.doors.cli.client import SERVER_FILE, RunningServer
from tickless.journal.access import User

LOCAL_LOGIN = "local"
"""The user behind this machine's own command line."""
START_PATIENCE = 15.0
STOP_PATIENCE = 1
"""Seconds that open requests get when the server stops; live streams stay open by design."""


def _server(site: Starlette, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        site,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=STOP_PATIENCE,
        timeout_keep_alive=30,
        backlog=512,
    )
    return uvicorn.Server(config)


@contextmanager
def serving(house: House, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a started house from a thread; yields the base URL. Raises `Conflict` when the port is taken."""
    server = _server(house.site, host, port)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals stay with the main thread
    failed: list[SystemExit] = []

    def run() -> None:
        try:
            server.run()
        except SystemExit as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="site", daemon=True)
    thread.start()
    end = time.monotonic() + START_PATIENCE
    while not server.started:
        if failed or not thread.is_alive():
            raise Conflict(
                f"port {port} on {host} cannot be used", mend="give another one with --port, or 0 for a free one"
            )
        if time.monotonic() > end:
            raise Unreachable("the server did not start in time")
        time.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        thread.join(timeout=STOP_PATIENCE + 2)


def local_user(house: House) -> User:
    """The user of this machine's command line: it has no password, only tokens in files that its owner alone can read."""
    with house.journal.read() as tx:
        known = tx.access.user_by_login(LOCAL_LOGIN)
    return known or house.entrance.create_user(LOCAL_LOGIN, roles=["admin"])


@contextmanager
def announced(house: House, url: str) -> Iterator[str]:
    """Leave the address and a fresh token in the data folder for the command line; yields the token."""
    user = local_user(house)
    for old in house.entrance.tokens():
        if old.user == user.id and old.name == SERVER_FILE:
            house.entrance.revoke(old.id, by=user.id)
    scopes = ["signals:write", "read", "act", "ask_as", "admin"]
    made = house.entrance.create_token(SERVER_FILE, user=user, scopes=scopes)
    path = RunningServer(url, made.token).announce(house.settings.data)
    try:
        yield made.token
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the embedded databases for this process. Raises `Conflict` when another process has them."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(
                f"another Tickless works in {data}", mend="stop it, or use --data for a folder of your own"
            ) from error
        yield
