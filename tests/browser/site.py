"""The console and the chat over a filled house, as an application: for the test client and for a real browser."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from tests.browser.house import EMPLOYEE, MANAGER, fill
from tests.browser.tools import SERVER, fill_tools

from tickless.app import sample_practices
from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.doors.chat import create_routes as chat_routes
from tickless.doors.console import Live
from tickless.doors.console import create_routes as console_routes
from tickless.doors.entrance import EntranceSettings
from tickless.doors.entrance.middleware import standard_middleware
from tickless.journal import Journal
from tickless.kit.clock import Clock, ManualClock

PASSWORD = "a quiet house is a good house"
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@dataclass
class Site:
    """A real house, not started (nothing happens by itself), with the console and the chat over it."""

    app: Starlette
    house: House
    clock: Clock

    @property
    def journal(self) -> Journal:
        return self.house.journal


@contextlib.contextmanager
def open_site(
    folder: Path, *, clock: Clock | None = None, filled: bool = True, live: Live | None = None
) -> Iterator[Site]:
    """A house of its own, filled or empty, with five users who share one password."""
    clock = clock or ManualClock(NOW)
    settings = Settings(
        data=folder / "data",
        entrance=EntranceSettings(hosts=("testserver",)),
        connectors={
            "alertmanager": ConnectorUse(use="alertmanager"),
            SERVER: ConnectorUse(use="mcp", settings={"url": "https://crm.example/mcp"}),
        },
    )
    house = build(settings, role="door", clock=clock)
    house.engine.prepare()
    if filled:
        fill(house.journal, clock.now(), house.desk.runbooks)
        house.desk.renew()
        assert sample_practices.fill(house)
        fill_tools(house.journal, clock.now())
    entrance = house.entrance
    people = (EMPLOYEE, MANAGER) if filled else (None, None)
    entrance.create_user("admin", roles=["admin"], password=PASSWORD)
    entrance.create_user("operator", roles=["operator"], password=PASSWORD)
    entrance.create_user("auditor", roles=["auditor"], password=PASSWORD)
    entrance.create_user("employee", roles=["employee"], person=people[0], password=PASSWORD)
    entrance.create_user("manager", roles=["employee", "operator"], person=people[1], password=PASSWORD)
    live = live or Live(poll=0.05, lifetime=0.5)
    routes = [*chat_routes(house.desk, entrance, live), *console_routes(house.desk, entrance, live)]
    app = Starlette(routes=routes, middleware=standard_middleware(settings.entrance))
    try:
        yield Site(app, house, clock)
    finally:
        house.engine.stop()
        house.journal.close()


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve on a random loopback port from a thread; gives the address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
