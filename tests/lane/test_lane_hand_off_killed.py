"""The house is killed after RT made a ticket, or took a comment, and before it could write that down: there is one, not two.

Between the house and the real RT stands a small relay. It lets the request through, waits for RT's answer, kills the house with
SIGKILL, and never passes the answer on.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.servers.request_tracker import RequestTracker
from tests.waiting import until

from tickless.sdk.testing import Answer, Asked, serve

HOUSE = Path(__file__).parent / "ticket_house.py"
ROOT = Path(__file__).parents[2]


@dataclass
class Relay:
    """Passes everything on to RT. `deadly`: which request is the house's last; it is killed once."""

    server: RequestTracker
    deadly: Callable[[Asked], bool]
    house: subprocess.Popen[bytes] | None = None
    killed: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer:
        query = "&".join(
            f"{name}={urllib.parse.quote(value)}" for name, values in asked.query.items() for value in values
        )
        request = urllib.request.Request(
            f"{self.server.url}{asked.path}{'?' + query if query else ''}",
            method=asked.method,
            data=asked.body or None,
            headers={name: asked.headers[name] for name in ("authorization", "content-type") if name in asked.headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as got:
                answer = Answer(
                    got.status, got.read(), {k: v for k, v in got.headers.items() if k in {"Location", "Content-Type"}}
                )
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.read())
        if not self.killed.is_set() and self.house is not None and self.deadly(asked):
            os.killpg(self.house.pid, signal.SIGKILL)
            self.house.wait(10)
            self.killed.set()
        return answer


@contextmanager
def living(relay: Relay, folder: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """One life of the house."""
    env = {**os.environ, "RT_TOKEN": relay.server.token, "PYTHONPATH": str(ROOT)}
    with (folder / "house.log").open("ab") as log:
        house = subprocess.Popen([sys.executable, str(HOUSE), str(folder / "data"), url], env=env, stdout=log, stderr=log,
                                 start_new_session=True)  # fmt: skip
    relay.house = house
    try:
        yield house
    finally:
        if house.poll() is None:
            os.killpg(house.pid, signal.SIGKILL)
            house.wait(10)


def known(folder: Path) -> list[tuple[str, str, int]]:
    """(key, RT's number, how much still waits to be said) of every ticket of the house, straight from its file."""
    file = folder / "data" / "tickless.db"
    if not file.exists():
        return []
    query = "select json_extract(body, '$.key'), external, json_array_length(body, '$.errands') from tickets"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        try:
            return db.execute(query).fetchall()
        except sqlite3.OperationalError:  # it is just being made
            return []


DEADLY: dict[str, tuple[str, ...]] = {"made": ("/ticket",), "said": ("/comment", "/correspond")}


@pytest.mark.parametrize("last", DEADLY)
def test_what_was_done_before_the_kill_is_found_and_not_done_again(
    last: str, request_tracker: RequestTracker, tmp_path: Path
) -> None:
    relay = Relay(request_tracker, lambda asked: asked.method == "POST" and asked.path.endswith(DEADLY[last]))

    def all_is_said() -> bool:
        return any(number and not waiting and words_in(number) for _, number, waiting in known(tmp_path))

    def words_in(number: str) -> int:
        return sum("only happens on the train" in text for text in request_tracker.texts(number))

    with serve(relay.answer) as server:
        with living(relay, tmp_path, server.url):
            until(relay.killed.is_set, "the kill")
        before = known(tmp_path)
        with living(relay, tmp_path, server.url):
            until(all_is_said, "the second life to go on")
    assert [bool(number) for _, number, _ in before] == [last == "said"], "it was killed at another moment"
    ((key, number, _),) = known(tmp_path)
    assert [one["id"] for one in request_tracker.all(f"RefersTo = 'tickless:{key}'")] == [number]
    assert words_in(number) == 1
