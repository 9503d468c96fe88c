"""A ticket system on loopback that speaks the part of Request Tracker's REST 2.0 which a hand-off uses: who reads there, and
who writes there, is the suite. That the connector speaks with the real one is proved elsewhere (`tests/lane`)."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

AGENT = "Dana Keller"
_KEY = re.compile(r"RefersTo = 'tickless:([^']+)'")
_NUMBER = re.compile(r"\bid = (\d+)")
_SPOKEN = re.compile(r"TicketId = (\d+) AND id > (\d+)")
Body = dict[str, Any]


@dataclass
class TicketSystem:
    """Tickets with what was said in them. `texts`: what the house wrote there since it was forgotten, in order."""

    url: str = ""
    tickets: dict[int, Body] = field(default_factory=dict)
    spoken: list[Body] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def forget(self) -> None:
        """As before anything was handed over; numbers go on, so that nothing old is taken for new."""
        with self.lock:
            for number in self.tickets:
                self.tickets[number] = {"forgotten": True}
            self.spoken = [{"forgotten": True} for _ in self.spoken]
            self.texts = []

    def live(self) -> list[int]:
        """Numbers of the tickets that are there."""
        with self.lock:
            return [number for number, one in self.tickets.items() if "forgotten" not in one]

    def written(self) -> list[str]:
        """Subjects, bodies and comments that came from the house, in order."""
        with self.lock:
            return list(self.texts)

    def subjects(self) -> list[str]:
        with self.lock:
            return [str(self.tickets[number].get("Subject", "")) for number in self.live()]

    def say(self, number: int, text: str, *, public: bool, name: str = AGENT) -> int:
        """An agent writes: to the person (public), or for agents only. The transaction's id."""
        return self._add({"ticket": number, "text": text, "public": public, "by": name, "subject": "", "own": False})

    def change(self, number: int, **fields: Any) -> None:
        """An agent changes a ticket: `Status="resolved"`, `Owner={"id": "dana", "Name": "dana"}`."""
        with self.lock:
            self.tickets[number] |= {**fields, "LastUpdated": _now()}

    def _add(self, said: Body) -> int:
        with self.lock:
            self.spoken.append({**said, "id": len(self.spoken) + 1, "at": _now()})
            self.tickets[said["ticket"]]["LastUpdated"] = _now()
            return len(self.spoken)

    # What the wire asks

    def answer(self, method: str, path: str, query: str, body: Body) -> tuple[int, Any, str]:
        """Status, JSON, and the path of what was made."""
        parts = path.removeprefix("/REST/2.0/").split("/")
        with self.lock:
            match (method, *parts):
                case ("GET", "tickets"):
                    return 200, {"items": self._found(query)}, ""
                case ("GET", "transactions"):
                    return 200, {"items": self._said(query)}, ""
                case ("GET", "transaction", number, "attachments"):
                    said = self.spoken[int(number) - 1]
                    return 200, {"items": [{"Content": said["text"], "ContentType": "text/plain", "Filename": ""}]}, ""
                case ("POST", "ticket"):
                    new = len(self.tickets) + 1
                    self.texts += [str(body.get("Subject", "")), str(body.get("Content", ""))]
                    self.tickets[new] = {**body, "id": new, "Status": "new", "LastUpdated": _now()}
                    return 201, {"id": str(new)}, f"ticket/{new}"
                case ("POST", "ticket", number, ("correspond" | "comment") as how):
                    self.texts.append(str(body["Content"]))
                    made = self._add({"ticket": int(number), "text": body["Content"], "public": how == "correspond",
                                      "by": "tickless", "subject": body.get("Subject", ""), "own": True})  # fmt: skip
                    return 201, ["said"], f"transaction/{made}"
                case ("PUT", "ticket", number):
                    self.tickets[int(number)] |= {**body, "LastUpdated": _now()}
                    return 200, ["done"], ""
                case _:
                    return 404, {"message": "there is no such place"}, ""

    def _found(self, query: str) -> list[Body]:
        key, number = _KEY.search(query), _NUMBER.search(query)
        there = [self.tickets[one] for one in self.live()]
        if key:
            there = [one for one in there if f"tickless:{key[1]}" in one.get("RefersTo", [])]
        if number:
            there = [one for one in there if one["id"] == int(number[1])]
        nobody = {"id": "Nobody", "Name": "Nobody"}
        shown = ("id", "Status", "Subject", "Priority", "LastUpdated")
        return [{name: one.get(name) for name in shown} | {"Owner": one.get("Owner", nobody)} for one in there]

    def _said(self, query: str) -> list[Body]:
        asked = _SPOKEN.search(query)
        if asked is None:
            return []
        wanted = [one for one in self.spoken if one.get("ticket") == int(asked[1]) and one["id"] > int(asked[2])]
        return [
            {
                "id": str(one["id"]), "Type": "Correspond" if one["public"] else "Comment", "Data": one["subject"],
                "Creator": {"Name": one["by"], "RealName": one["by"]}, "Created": one["at"],
            }
            for one in wanted
        ]  # fmt: skip


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def ticket_server(system: TicketSystem) -> Iterator[TicketSystem]:
    """Serve it for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = urlsplit(self.path)
            query = parse_qs(asked.query).get("query", [""])[0]
            status, said, made = system.answer(self.command, asked.path, query, json.loads(raw) if raw else {})
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if made:
                self.send_header("Location", f"{system.url}/REST/2.0/{made}")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _take  # noqa: N815 (the names that the standard library asks for)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    system.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
