"""A small client of our own REST API, over whatever `httpx2.Client` it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

API = "/api/v1"
SERVER_FILE = "server.json"
UPLOAD_SECONDS = 300.0


class NotReachable(Exception):
    """No server answers. `busy`: one is there, and did not answer in time."""

    def __init__(self, url: str, *, busy: bool = False) -> None:
        self.busy = busy
        super().__init__(f"no Tickless answers at {url}")


class CallFailed(Exception):
    """The server said no. `error` is the API's error object."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(str(error.get("message", f"the server answered {status}")))
        self.status = status
        self.error = dict(error)


@dataclass(frozen=True)
class RunningServer:
    """What a running server writes into its data folder, readable by its owner only."""

    url: str
    token: str

    def announce(self, data: Path) -> Path:
        """Write `server.json` with mode 0600; returns its path. Remove it when the server ends."""
        path = data / SERVER_FILE
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps({"url": self.url, "token": self.token}), encoding="utf-8")
        return path

    @classmethod
    def find(cls, data: Path) -> RunningServer | None:
        """The server that this data folder names, whether or not it still answers."""
        try:
            found = json.loads((data / SERVER_FILE).read_text(encoding="utf-8"))
            return cls(str(found["url"]), str(found["token"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


class ApiClient:
    """Calls by path below `/api/v1`. Raises `CallFailed` and `NotReachable`."""

    def __init__(self, http: httpx2.Client, *, later: str = "") -> None:
        self._http = http
        self.later = later
        """Where the house will be served, if this server ends with the command."""

    @classmethod
    def connect(cls, url: str, token: str, *, timeout: float = 30.0, later: str = "") -> ApiClient:
        """A client over the network, which keeps no connection between calls, so there is nothing to close. Proxies of the
        environment are left alone: the house is near."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        none_kept = httpx2.Limits(max_keepalive_connections=0)
        http = httpx2.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False, limits=none_kept)
        return cls(http, later=later)

    @property
    def address(self) -> str:
        """Where people reach the house, without a slash at the end."""
        return self.later or str(self._http.base_url).rstrip("/")

    def get(self, path: str, **query: str | int | bool | None) -> Any:
        return self._call("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._call("POST", path, json=dict(body or {}))

    def upload(self, path: str, content: bytes, content_type: str, **query: str | bool) -> Any:
        """Post a file as it is."""
        with self._reaching():
            answer = self._http.post(
                API + path,
                params=query,
                content=content,
                headers={"Content-Type": content_type},
                timeout=UPLOAD_SECONDS,
            )
        return _checked(answer)

    def send_part(self, path: str, content: bytes, *, offset: int) -> Any:
        """Put a part of a file where it belongs."""
        with self._reaching():
            answer = self._http.put(API + path, params={"offset": offset}, content=content,
                                    headers={"Content-Type": "application/octet-stream"}, timeout=UPLOAD_SECONDS)  # fmt: skip
        return _checked(answer)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("PUT", path, json=dict(body))

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("PATCH", path, json=dict(body))

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def text(self, path: str, **query: Sequence[str] | None) -> str:
        """An answer that is no JSON, as it is. A list is sent as that many parameters of one name."""
        params = {name: list(value) for name, value in query.items() if value is not None}
        with self._reaching():
            answer = self._http.get(API + path, params=params)
        if answer.status_code >= 400:
            _checked(answer)
        return answer.text

    def content(self, path: str, **query: str | int | None) -> bytes:
        """A file that the house makes."""
        params = {name: value for name, value in query.items() if value is not None}
        with self._reaching():
            answer = self._http.get(API + path, params=params, timeout=UPLOAD_SECONDS)
        if answer.status_code >= 400:
            _checked(answer)
        return answer.content

    def lines(self, path: str, **query: str | bool) -> Iterator[str]:
        """The lines of an NDJSON answer."""
        with self._reaching(), self._http.stream("GET", API + path, params=query) as answer:
            if answer.status_code >= 400:
                answer.read()
                _checked(answer)
            yield from answer.iter_lines()

    def send_signal(self, source: str, body: bytes, content_type: str) -> Any:
        """Post to a receiver, as a monitor does."""
        with self._reaching():
            answer = self._http.post(
                f"/hooks/{quote(source, safe='')}", content=body, headers={"Content-Type": content_type}
            )
        return _checked(answer)

    def _call(self, method: str, path: str, *, params: Any = None, json: Any = None) -> Any:
        with self._reaching():
            answer = self._http.request(method, API + path, params=params, json=json)
        return _checked(answer)

    def _reaching(self) -> _Reaching:
        return _Reaching(str(self._http.base_url))


class _Reaching:
    """Turns every failure to get an answer into `NotReachable`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
            raise NotReachable(self._url, busy=isinstance(error, httpx2.ReadTimeout)) from error


def _checked(answer: httpx2.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code < 400 and body is not None:
        return body
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        error = {
            "code": "strange_answer",
            "message": f"the server answered {answer.status_code}, and not as Tickless does",
        }
    raise CallFailed(answer.status_code, error)


def part(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="")
