"""A served house of its own into which tickets of the past are brought: by the API, and by the pages of the wizard."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx2

from bench.measuring import cpu_seconds, resident_mb
from bench.processes import child, free_port, kill, tickless, wait_until_ready
from bench.report import CannotRun
from tickless.app.build import build
from tickless.app.settings import read_settings

PART = 900_000
API = "/api/v1"
LOOK = 0.25
"""Seconds between two looks at how far an import is."""


@dataclass
class PastHouse:
    """`tickless serve` as it is, on SQLite. Ends with `close`; `kill` is a SIGKILL, and `start` starts it again."""

    folder: Path
    port: int = field(default_factory=free_port)
    most_mb: float = 0.0
    cpu: float = 0.0
    """Of processes that ended."""

    def __post_init__(self) -> None:
        self._ends = contextlib.ExitStack()
        self.data = self.folder / "data"
        self.data.mkdir()
        (self.data / "tickless.toml").write_text("", encoding="utf-8")
        house = build(read_settings(self.data), role="door")
        user = house.entrance.create_user("bench", roles=["admin"])
        token = house.entrance.create_token("bench", user=user, scopes=["read", "act", "admin"]).token
        session = house.entrance.redeem_link(house.entrance.make_link(user), address="127.0.0.1").token
        house.journal.close()
        base = f"http://127.0.0.1:{self.port}"
        self.api = httpx2.Client(base_url=base + API, timeout=600, headers={"Authorization": f"Bearer {token}"})
        self.pages = httpx2.Client(base_url=base, timeout=600, cookies={"tickless_session": session})
        self.start()

    def start(self) -> None:
        """Serve, and wait until it is ready."""
        log = self.folder / "tickless.log"
        command = tickless("--data", str(self.data), "serve", "--port", str(self.port))
        self._process: Popen[bytes] = self._ends.enter_context(child(command, log=log))
        wait_until_ready(f"http://127.0.0.1:{self.port}/readyz", self._process, log=log)

    def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        self.look()
        self.cpu += cpu_seconds(self._process.pid)
        kill(self._process)

    def close(self) -> None:
        self.api.close()
        self.pages.close()
        self._ends.close()

    def look(self) -> None:
        """Note how much memory it takes."""
        self.most_mb = max(self.most_mb, resident_mb(self._process.pid))

    def cpu_used(self) -> float:
        """Seconds of all processes so far."""
        return self.cpu + cpu_seconds(self._process.pid)

    def send(self, path: Path) -> str:
        """A file in parts, as the page's script and the command send it."""
        file = str(done(self.api.post("/history/files")).json()["file"])
        with path.open("rb") as source:
            offset = 0
            while part := source.read(PART):
                head = {"Content-Type": "application/octet-stream"}
                done(self.api.put(f"/history/files/{file}", params={"offset": offset}, content=part, headers=head))
                offset += len(part)
        return file

    def import_of(self, identity: str) -> dict[str, Any]:
        """How far it is."""
        self.look()
        job: dict[str, Any] = done(self.api.get(f"/history/imports/{identity}")).json()
        return job

    def wait(self, identity: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Until it is so, or over. Raises `CannotRun` for one that failed."""
        while True:
            job = self.import_of(identity)
            if job["state"] in {"failed", "stopped"}:
                raise CannotRun(f"the import {job['state']}: {job['why']}")
            if job["state"] == "done" or until(job):
                return job
            time.sleep(LOOK)


def done(answer: httpx2.Response, *wanted: int) -> httpx2.Response:
    """The answer, if it is a good one. Raises `CannotRun`."""
    if answer.status_code not in (wanted or (200, 201, 202)):
        raise CannotRun(f"{answer.request.url.path} was answered with {answer.status_code}: {answer.text[:300]}")
    return answer


class Filled(HTMLParser):
    """The largest form of a page, as a browser would send it back: name → what stands in it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self._forms: list[dict[str, str]] = [{}]
        self._select = self._area = ""
        self._first = self._option = False
        self.feed(page)
        self.fields = max(self._forms, key=len)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms.append({})
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self._put(told.get("name", ""), told.get("value", ""))
        elif tag == "select":
            self._select, self._first = told.get("name", ""), True
        elif tag == "option" and self._select and (self._first or "selected" in told):
            self._put(self._select, told.get("value", ""))
            self._first, self._option = False, "value" not in told
        elif tag == "textarea":
            self._area = told.get("name", "")
            self._put(self._area, "")

    def handle_data(self, data: str) -> None:
        if self._select and self._option:
            self._put(self._select, data.strip())
            self._option = False
        if self._area:
            self._put(self._area, self._forms[-1][self._area] + data)

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area

    def _put(self, name: str, value: str) -> None:
        if name:
            self._forms[-1][name] = value
