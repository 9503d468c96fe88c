"""The rail: which pages lie where, and which of them this visitor may open. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tickless.doors.entrance import Right

COOKIE = "tickless_rail"
"""Which groups somebody has opened, by name, divided by points."""
FEW = 14
"""So many pages are shown without folding any group."""


@dataclass(frozen=True)
class Place:
    """A page that the rail leads to. `of_practice`: only where this house has chosen it. `also`: other addresses of it."""

    address: str
    name: str
    icon: str
    right: Right = "read"
    of_practice: bool = False
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a page belongs here."""
        under = self.address != "/" and path.startswith(f"{self.address}/")
        return path == self.address or under or any(path == one or path.startswith(f"{one}/") for one in self.also)


@dataclass(frozen=True)
class Shown:
    """A page as the rail shows it to this visitor on this page."""

    place: Place
    here: bool


@dataclass(frozen=True)
class Group:
    """`open`: it is shown unfolded."""

    title: str
    places: tuple[Shown, ...]
    open: bool


def _practice(address: str, name: str, icon: str, *also: str) -> Place:
    return Place(address, name, icon, of_practice=True, also=also)


GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("Now", (
        Place("/", "Now", "now"), Place("/approvals", "Approvals", "approvals", "own_cases"),
        Place("/conversations", "Conversations", "talks"), Place("/assist", "Phone", "phone", "ask_as"),
        Place("/reports/week", "The week", "week", also=("/reports",)),
    )),
    ("Cases", (
        Place("/cases", "Cases", "cases", "own_cases"),
        Place("/alerts", "Alerts", "bell", also=("/silences", "/maintenance")), Place("/storms", "Storms", "storm"),
        Place("/known", "Known", "known"),
        Place("/signals", "Signals", "signals", also=("/quarantine", "/sources", "/mapping", "/telemetry")),
    )),
    ("Practices", (
        _practice("/changes", "Changes", "change"), _practice("/major", "Major incidents", "siren"),
        _practice("/on-call", "On-call", "rota"), _practice("/problems", "Problems", "problem"),
        _practice("/suppliers", "Suppliers", "supplier"), _practice("/improvements", "Improvements", "trend"),
        _practice("/portfolio", "Portfolio", "folder"),
    )),
    ("Improve", (
        _practice("/opportunities", "Opportunities", "history", "/history"), Place("/boards", "Boards", "week"),
        _practice("/figures", "Metrics", "trend"),
        _practice("/value", "Value", "coin"), _practice("/maturity", "Maturity", "stairs"),
        _practice("/guard", "Guard", "guard"), Place("/intents", "Intents", "intents", also=("/lessons",)),
    )),
    ("Govern", (
        Place("/policy", "Policy", "law"), Place("/autonomy", "Autonomy", "climb"),
        Place("/brakes", "Brakes", "pause", also=("/brake",)), Place("/audit", "Audit", "audit", "audit"),
    )),
    ("House", (
        Place("/map", "Service map", "map"),
        Place("/runbooks", "Runbooks", "runbooks", also=("/architect", "/proposals")), Place("/tools", "Tools", "tools"),
        Place("/doctor", "Doctor", "doctor"),
    )),
    ("For everybody", (
        Place("/chat", "Chat", "chat", "chat"), Place("/catalogue", "What to ask for", "check", "chat"),
        Place("/knowledge", "Knowledge", "knowledge", "chat"), Place("/accounts", "Accounts", "accounts", "chat"),
    )),
)  # fmt: skip


def rail(
    path: str, *, may: Callable[[Right], bool], practised: Callable[[str], bool], opened: Collection[str] = ()
) -> list[Group]:
    """The groups that hold something for this visitor. Unfolded: the first, that of this page, those that were opened, and
    all where there is little."""
    found = [
        (title, tuple(Shown(one, one.holds(path)) for one in places
                      if may(one.right) and (not one.of_practice or practised(one.address))))
        for title, places in GROUPS
    ]  # fmt: skip
    seen = [(title, shown) for title, shown in found if shown]
    few = sum(len(shown) for _, shown in seen) <= FEW
    return [
        Group(title, shown, few or index == 0 or title in opened or any(one.here for one in shown))
        for index, (title, shown) in enumerate(seen)
    ]
