"""Where catalogue entities come from: files, addresses, and the catalogue's API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickless.connectors.backstage.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

FILE_NAMES = frozenset({"catalog-info.yaml", "catalog-info.yml"})
MOST_FILES = 5_000
MOST_BYTES = 5_000_000
PAGE = 500
MOST_PAGES = 100
WANTED = ("component", "resource", "api", "system", "group")


@dataclass(frozen=True)
class File:
    """A file's name as it is told, and its text; `problem` instead where it cannot be read."""

    name: str
    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Catalogue:
    """One catalogue. By its deadline, everything has to be answered."""

    settings: Settings
    token: str
    deadline: Deadline

    def files(self) -> Iterator[File]:
        """Files and folders first, then addresses, each in order of name."""
        for place in self.settings.files:
            path = Path(place)
            if not path.exists():
                yield File(place, problem="is not there")
            found = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.name in FILE_NAMES)
            for one in found[:MOST_FILES]:
                yield _read(one)
        for url in self.settings.urls:
            yield self._fetch(url)

    def entities(self) -> list[Mapping[str, Any]]:
        """Entities of the API, all pages. Raises `OutsideError`; an older Backstage is asked in the older way."""
        found: list[Mapping[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            params: dict[str, Any] = {"limit": PAGE}
            params |= {"cursor": cursor} if cursor else {"filter": [f"kind={kind}" for kind in WANTED]}
            body = self._api("/api/catalog/entities/by-query", params)
            items = body.get("items") if isinstance(body, Mapping) else None
            if not isinstance(items, list):
                raise Rejected("Backstage did not answer with a list of entities")
            found += [item for item in items if isinstance(item, Mapping)]
            info = body.get("pageInfo")
            cursor = str(info.get("nextCursor") or "") if isinstance(info, Mapping) else ""
            if not cursor:
                return found
        raise Rejected("the catalogue has more pages than are read", detail=f"{MOST_PAGES} pages of {PAGE}")

    def _api(self, path: str, params: Mapping[str, Any]) -> Any:
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        http = HttpClient(self.settings.api, headers=headers, verify=self.settings.ca_file or True)
        return http.get(path, timeout=self.deadline.left(), params=params).json()

    def _fetch(self, url: str) -> File:
        """The token is for the API alone: an address of a file does not get it."""
        http = HttpClient(url, verify=self.settings.ca_file or True, allow_private=self.settings.allow_private)
        body = http.get("", timeout=self.deadline.left()).body
        try:
            return File(url, body.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return File(url, problem="is not UTF-8")


def connect(call: Call) -> Catalogue:
    """The catalogue of the call's settings."""
    settings: Settings = call.settings
    token = call.secret(settings.token) if settings.token else ""
    return Catalogue(settings, token, Deadline.within(call.timeout, who="the catalogue"))


def _read(path: Path) -> File:
    try:
        if path.stat().st_size > MOST_BYTES:
            return File(str(path), problem=f"has more than {MOST_BYTES:,} bytes")
        return File(str(path), path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return File(str(path), problem=f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return File(str(path), problem="is not UTF-8")
