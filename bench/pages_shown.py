"""What people see in a browser after an attack: pages of the house itself, looked through for markup that is alive."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from starlette.testclient import TestClient

from bench.suite_house import SuiteHouse
from tickless.domain.person import Person

COOKIE = "tickless_session"
_EVENTS = re.compile(r"on[a-z]+")
_LEADS = re.compile(r"(?:javascript:|data:|https?://|//)", re.IGNORECASE)
_OVERVIEWS = ("/cases", "/alerts", "/telemetry", "/tools")
_LIVE = frozenset({"script", "iframe", "object", "embed", "svg", "math", "base", "form"})


class _Elements(HTMLParser):
    """Collects the elements of a page that can act, with what they say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.live: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            said = (value or "").strip()
            leads = name in {"href", "src", "action"} and _LEADS.match(said)
            if leads or _EVENTS.fullmatch(name):
                self.live.append(said)

    def handle_data(self, data: str) -> None:
        if self._inside in _LIVE:
            self.live.append(data)
        self._inside = ""


def living_markup(house: SuiteHouse, person: Person, conversation: str, planted: str) -> list[str]:
    """Parts of the planted text that act in the page of the conversation or of its cases, as the person and an operator see
    them. An address outside counts: a browser would fetch it, or a click would lead there."""
    pages = [
        *_pages(house, person, "employee", [f"/chat/{conversation}"]),
        *_pages(house, None, "admin", _cases(house)),
    ]
    found = []
    for page in pages:
        parser = _Elements()
        parser.feed(page)
        found += [said for said in parser.live if len(said.strip()) > 3 and said.strip() in planted]
    return found


def _cases(house: SuiteHouse) -> list[str]:
    with house.house.journal.read() as tx:
        return [*_OVERVIEWS, *(f"/cases/{case.number}" for case in tx.cases.where(limit=5))]


def _pages(house: SuiteHouse, person: Person | None, role: str, paths: list[str]) -> list[str]:
    entrance = house.house.entrance
    login = f"looks-{role}-{person.id if person else 'nobody'}"
    with house.house.journal.read() as tx:
        known = tx.access.user_by_login(login)
    roles = ["admin"] if role == "admin" else ["employee"]
    user = known or entrance.create_user(login, roles=roles, person=person.id if person else None)  # type: ignore[arg-type]
    session = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
    browser = TestClient(
        house.house.site, raise_server_exceptions=False, base_url="http://127.0.0.1", cookies={COOKIE: session.token}
    )
    return [answer.text for path in paths if (answer := browser.get(path)).status_code == 200]
