"""The house that is attacked, and everything outside of it that attackers write through and that it may write to."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import structlog

from bench.attack_desk import TicketSystem, ticket_server
from bench.attack_models import AWAY, Mind, Seat, seat
from bench.attack_toolserver import BOOK, TOOLS, ToolServer
from bench.channel_sink import sink_server
from bench.suite_channels import Channels, channel_servers, rest_site
from bench.suite_house import PACE, SuiteHouse, suite_house
from tickless.ai import Brain
from tickless.ai.brain import Example
from tickless.app.settings import ConnectorUse
from tickless.app.shipped import shipped

DESK = "desk"
"""What the connector of the ticket system is called in the house."""
CHANNELS = frozenset({"slack", "email", "rest", "mcp", "matrix", "teams"})
ANY_BODY = {"fingerprint": "'webhook'", "title": "has(body.title) ? string(body.title) : 'a webhook'",
            "body": "has(body.text) ? string(body.text) : ''"}  # fmt: skip
PACED = PACE.model_copy(update={"tickets": 0.2})


@dataclass
class Outside:
    """The far ends. `log`: everything that the house logs, as text."""

    channels: Channels
    desk: TicketSystem
    log: Path
    mind: Mind
    tools: ToolServer


@contextmanager
def open_outside(
    which: Seat,
    wanted: frozenset[str],
    *,
    more: Mapping[str, ConnectorUse] | None = None,
    runbooks: tuple[Path, ...] = (),
) -> Iterator[tuple[SuiteHouse, Outside]]:
    """A started house with these channels, a ticket system behind `ticket`, and the model `which` in its seat. `more`: further
    connectors; `runbooks`: folders beside those that ship."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        channels, uses = stack.enter_context(channel_servers(wanted, folder))
        desk = stack.enter_context(ticket_server(TicketSystem()))
        token = folder / "desk.secret"
        token.write_text("ticket-token-of-nobody", encoding="utf-8")
        uses[DESK] = ConnectorUse(use="request_tracker", settings={"url": desk.url, "token": f"file:{token}"})
        uses["webhook"] = ConnectorUse(use="webhook", settings={"mapping": ANY_BODY})
        uses["cloudevents"] = ConnectorUse(use="cloudevents", settings={})
        tools = stack.enter_context(sink_server(ToolServer()))
        uses[TOOLS] = ConnectorUse(use="mcp", settings={"url": tools.url})
        uses |= more or {}
        books = (shipped("runbooks"), _own_books(folder / "books"), *runbooks)
        settings: dict[str, Any] = {"pace": PACED, "bindings": {"ticket": DESK}, "runbooks": books}
        if which != "brain":
            settings["model"] = AWAY
        house = stack.enter_context(_logging_to(folder / "house.log", uses, settings, stack))
        _teach_once(house)
        stack.enter_context(rest_site(house, channels, wanted))
        yield house, Outside(channels, desk, folder / "house.log", seat(house.house, which), tools)


def _own_books(folder: Path) -> Path:
    folder.mkdir()
    (folder / "supplier.yaml").write_text(BOOK, encoding="utf-8")
    return folder


def _teach_once(house: SuiteHouse) -> None:
    """What the brain is taught on the first day makes the same brain every time: it is not taught again after each entry whose
    article taught it something more."""
    world = house.house.world
    teach, first = world._teach, dict[str, Brain]()

    def taught(lessons: Sequence[Example]) -> Brain:
        name = hashlib.sha256(repr(lessons).encode()).hexdigest()
        if not first:
            first[name] = teach(tuple(lessons))
        return first[name] if name in first else teach(tuple(lessons))

    world._teach = taught
    world._taught = None
    world.understanding()


@contextmanager
def _logging_to(
    path: Path, uses: dict[str, ConnectorUse], settings: dict[str, Any], stack: ExitStack
) -> Iterator[SuiteHouse]:
    """The house's log goes into a file: attackers' texts are looked for there, too."""
    os.environ.setdefault("BENCH_LOG", "INFO")
    file = stack.enter_context(path.open("w", encoding="utf-8", buffering=1))
    opening = suite_house(uses, settings)
    with redirect_stderr(file):  # what libraries set up now keeps this stream
        house = opening.__enter__()
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(file))
    try:
        yield house
    finally:
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
        opening.__exit__(None, None, None)
        _forget(file)


def _forget(file: TextIO) -> None:
    """No library's handler writes there any more: the next house in this process has a log of its own."""
    known = (logging.getLogger(name) for name in list(logging.root.manager.loggerDict))
    for logger in (logging.root, *known):
        for handler in list(logger.handlers):
            if isinstance(handler, logging.StreamHandler) and handler.stream is file:
                logger.removeHandler(handler)
