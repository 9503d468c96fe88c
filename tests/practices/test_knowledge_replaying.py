"""An article that is to be published takes no question from one that helped; what nobody could answer it may have."""

from __future__ import annotations

import datetime as dt

from tickless.domain.knowledge import Article, Asked
from tickless.practices.knowledge.library import Library
from tickless.practices.knowledge.replaying import replay

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def article(identity: str, title: str, *questions: str) -> Article:
    return Article(
        id=identity, title=title, text=f"## {title}\n\nDo it like this.", questions=questions, reviewed_at=NOW
    )


def asked(number: int, question: str, by: str | None, *, helped: bool | None = None) -> Asked:
    return Asked(id=f"ask_{number}", conversation="web:1", question=question, article=by, helped=helped, at=NOW)


VPN = article("vpn", "Connect with the VPN", "how do i connect with the vpn", "vpn from home")
LIBRARY = Library.of([VPN, article("pay", "When salaries are paid", "when do i get my salary")])


def test_what_nobody_could_answer_is_gained() -> None:
    new = article("parking", "Rent a parking space", "how do i rent a parking space", "parking space for my car")
    found = replay(new, LIBRARY, [asked(1, "how do i rent a parking space", None), asked(2, "vpn from home", "vpn")])
    assert (found.asked, found.gained, found.moved) == (2, ("how do i rent a parking space",), ())


def test_what_another_article_answered_well_may_not_be_taken() -> None:
    greedy = article(
        "greedy", "Connect with the VPN from home", "how do i connect with the vpn", "connect vpn", "vpn from home"
    )
    told = [
        asked(1, "how do i connect with the vpn", "vpn", helped=True),
        asked(2, "vpn from home", "vpn", helped=False),
    ]
    moved = replay(greedy, Library.of([article("pay", "When salaries are paid")]), told).moved
    assert moved == ("how do i connect with the vpn",), "where it helped; where it did not, another may try"
    assert replay(VPN, LIBRARY, told).moved == (), "its own answers are its own"
