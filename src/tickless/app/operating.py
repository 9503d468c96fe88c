"""Running a house from the command line: until it is stopped, or in this process for one command."""

from __future__ import annotations

import gc
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from tickless.app.build import House, Role, build
from tickless.app.serving import alone, announced, local_user, serving
from tickless.app.settings import Settings
from tickless.doors.cli.client import ApiClient
from tickless.doors.entrance.entrance import link_path
from tickless.kit.log import configure_logging
from tickless.kit.memory import keep_few_arenas


@contextmanager
def house_in_process(settings: Settings) -> Iterator[ApiClient]:
    """No server runs: open the house here, on a free loopback port, for as long as one command lasts."""
    configure_logging(level="ERROR")
    with ExitStack() as stack:
        stack.enter_context(alone(settings.data))
        house = build(settings)
        house.start()
        stack.callback(house.stop)
        address = stack.enter_context(serving(house))
        token = stack.enter_context(announced(house, address))
        yield ApiClient.connect(address, token, later=f"http://{settings.host}:{settings.port}")


def serve_until_stopped(settings: Settings, *, role: Role, host: str | None, port: int | None, as_json: bool) -> int:
    """Serve until Ctrl-C or SIGTERM. Raises `Conflict` when the port or the data folder is taken."""
    configure_logging(level=settings.log_level, form=settings.log_form)
    keep_few_arenas()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as stack:
        if settings.database is None:
            stack.enter_context(alone(settings.data))
        house = build(settings, role=role)
        house.start()
        stack.callback(house.stop)
        _settle()
        where = settings.port if port is None else port
        _say_where(stack, house, role=role, host=host or settings.host, port=where, as_json=as_json)
        stopped.wait()
    return 0


def _settle() -> None:
    """What is in memory now stays there: the collector need not walk through it again, and comes less often. A receiver makes
    and drops thousands of small values a second, none of them in a circle."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


def _say_where(stack: ExitStack, house: House, *, role: Role, host: str, port: int, as_json: bool) -> None:
    console = Console(stderr=True)
    if role == "worker":
        if as_json:
            print(json.dumps({"role": role, "node": house.node}), flush=True)
            return
        console.print(f"worker [b]{house.node}[/] is at work; stop it with Ctrl-C")
        return
    address = stack.enter_context(serving(house, host=host, port=port))
    stack.enter_context(announced(house, address))
    link = link_path(house.entrance.make_link(local_user(house)))
    if as_json:
        told = {"role": role, "url": address, "sign_in": f"{address}{link}", "data": str(house.settings.data)}
        print(json.dumps(told), flush=True)
        return
    console.print(f"Tickless serves on [b]{address}[/]; sign in once with {address}{link}")
    console.print(f"data: {house.settings.data} · role: {role} · stop with Ctrl-C")
