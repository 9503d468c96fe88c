"""Which of a person's cases is meant: by what is named, and never by a guess."""

from __future__ import annotations

import datetime as dt

import pytest

from tickless.domain.case import Case, Impact
from tickless.domain.record import Untrusted
from tickless.flow.talking.naming import meant

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
NAMES = {
    "vpn": frozenset({"vpn", "working"}),
    "mail": frozenset({"mailbox", "larger", "quota"}),
    "broken": frozenset({"laptop", "device", "trouble"}),
    "install": frozenset({"laptop", "install", "software"}),
}


def case(number: int, name: str) -> Case:
    return Case(id=name, number=number, kind="request", need=None, title=Untrusted(name), door="human", opened_at=NOON,
                updated_at=NOON, impact=Impact(people=1, priority=4, reason="one"))  # fmt: skip


VPN, MAIL, BROKEN, INSTALL = (case(n, name) for n, name in enumerate(NAMES, 11))


def told(text: str, *cases: Case) -> tuple[set[str], set[str]]:
    found = meant(text, cases, NAMES)
    return {one.id for one in found.cases}, {one.id for one in found.unclear}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("please just cancel the vpn one", {"vpn"}),
        ("I only want to cancel the vpn request", {"vpn"}),
        ("cancel the vpn request, that's all", {"vpn"}),
        ("never mind the vpn, that's all", {"vpn"}),
        ("the vpn works now, that's all thanks", {"vpn"}),
        ("cancel case 12", {"mail"}),
        ("cancel the vpn and the mailbox", {"vpn", "mail"}),
        ("leave it, just the vpn please", {"mail"}),
        ("cancel everything except the mailbox", {"vpn"}),
        ("cancel all of them", {"vpn", "mail"}),
        ("cancel both", {"vpn", "mail"}),
    ],
)
def test_what_is_named_is_meant(text: str, named: set[str]) -> None:
    assert told(text, VPN, MAIL) == (named, set())


@pytest.mark.parametrize("text", ["cancel it", "never mind, that's all", "stop that, all good", "cancel the other one"])
def test_what_names_nothing_is_asked_about(text: str) -> None:
    assert told(text, VPN, MAIL) == (set(), {"vpn", "mail"})


def test_what_fits_two_alike_is_asked_about_and_leaves_the_third_alone() -> None:
    assert told("cancel the laptop one", BROKEN, VPN, INSTALL) == (set(), {"broken", "install"})
    assert told("cancel the laptop install", BROKEN, VPN, INSTALL) == ({"install"}, set())


def test_the_only_one_is_meant_whatever_is_said_and_a_foreign_number_means_nothing() -> None:
    assert told("never mind", VPN) == ({"vpn"}, set())
    assert told("cancel case 99", VPN, MAIL) == (set(), set())
