"""Alerts that must not be put with a case that has nothing to do with them."""

from __future__ import annotations

import datetime as dt

from tests.journal.samples import NOW, case

from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.stages.correlate.core import Trouble, place

MINUTE = dt.timedelta(minutes=1)
WORLD = World.of(
    services=[Service(id=name, name=name.title()) for name in ("web", "mail")],
    dependencies=[Dependency(service="web", needs="mail", source="t", last_seen=NOW)],
)


def trouble(need: str, at: dt.datetime = NOW) -> Trouble:
    return Trouble(need=need, subject="service:web", service="web", fingerprint="f", at=at)


def test_one_persons_full_mailbox_does_not_explain_the_errors_of_a_service() -> None:
    mailbox = case(1, need="mailbox_over_quota", subject="person:p1", service="mail", opened_at=NOW, updated_at=NOW)
    assert place(trouble("http_errors"), [mailbox], None, WORLD).how == "open"


def test_news_from_before_the_fix_is_no_relapse() -> None:
    fixed = case(1, need="service_down", subject="service:web", state="resolved", outcome="verified",
                 resolved_at=NOW, hold_until=NOW + 60 * MINUTE)  # fmt: skip
    late = place(trouble("service_down", NOW - MINUTE), [], fixed, WORLD)
    assert (late.how, late.case) == ("join", fixed)
    assert place(trouble("service_down", NOW + MINUTE), [], fixed, WORLD).how == "reopen"


def test_a_case_that_acts_already_is_not_turned_into_another_one() -> None:
    acting = case(
        1, need="http_errors", subject="service:web", service="web", state="acting", opened_at=NOW, updated_at=NOW
    )
    deeper = Trouble(need="latency_high", subject="service:mail", service="mail", fingerprint="g", at=NOW)
    assert not place(deeper, [acting], None, WORLD).take_over
    assert place(deeper, [acting.model_copy(update={"state": "open"})], None, WORLD).take_over
