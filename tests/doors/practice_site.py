"""The doors over a house for the practices: the API, the console and the command line, without a network."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from tests.browser.reading import Node, read_page
from tests.flow.practice_house import PracticeRoom, close, open_house
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.doors.cli import create_cli
from tickless.doors.cli.client import ApiClient

PASSWORD = "a quiet house is a good house"


class NearHost(Host):
    """The command line's host over a client that is there already."""

    def __init__(self, http: TestClient) -> None:
        self._http = http

    @contextlib.contextmanager
    def _client(self, url: str | None, data: Path | None) -> Iterator[ApiClient]:
        yield ApiClient(self._http)


class PracticeSite:
    def __init__(self, room: PracticeRoom) -> None:
        self.room = room
        self.entrance = room.house.entrance

    def api(self, login: str) -> TestClient:
        """The API with a token of this person."""
        user = next(one for one in self.entrance.users() if one.login == login)
        token = self.entrance.create_token("t", user=user, scopes=["act"]).token
        return TestClient(
            self.room.house.site, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}
        )

    def browser(self, login: str) -> TestClient:
        """The console, signed in as this person."""
        user = next(one for one in self.entrance.users() if one.login == login)
        link = self.entrance.make_link(user)
        session = self.entrance.redeem_link(link, address="127.0.0.1")
        made = TestClient(self.room.house.site, base_url="http://127.0.0.1")
        made.cookies.set("tickless_session", session.token)
        return made

    def cli(self, login: str, *words: str, code: int = 0) -> Any:
        """A command as this person; JSON where it asks for it."""
        result = CliRunner().invoke(create_cli(NearHost(self.api(login))), list(words))
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return json.loads(result.stdout) if "--json" in words else result.stdout


def look(browser: TestClient, path: str) -> Node:
    """A page: it has one heading, a purpose, and nothing inline."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:400]
    page = read_page(answer.text)
    assert len(list(page.all("h1"))) == 1
    assert len(page.one("p", class_="purpose").text) > 20
    assert not any(
        "style" in node.attributes or any(name.startswith("on") for name in node.attributes) for node in page.all()
    )
    for form in page.all("form", method="post"):
        assert "csrf" in [field.attributes.get("name") for field in form.all("input")], form.attributes
    return page


def send(browser: TestClient, page: str, action: str, **values: str) -> Node:
    """Fill in a form of a page and send it; gives the page that comes next."""
    form = next(one for one in look(browser, page).all("form", method="post") if one.attributes["action"] == action)
    kept = {
        one.attributes["name"]: one.attributes.get("value", "") for one in form.all("input") if "name" in one.attributes
    }
    answer = browser.post(action, data={**kept, **values})
    assert answer.status_code == 200, read_page(answer.text).one("main").text
    return read_page(answer.text)


@contextlib.contextmanager
def practice_site(folder: Path) -> Iterator[PracticeSite]:
    room = open_house(folder)
    yield PracticeSite(room)
    close(room)
