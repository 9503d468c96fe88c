"""Assumptions and claims: bounded, with a reason, on record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput, NotFound
from tickless.journal import Journal
from tickless.practices.steering import KNOWN, assume, assumed, claim, forget, shown_value

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_default_is_a_value_that_may_be_assumed(name: str) -> None:
    known = KNOWN[name]
    assert shown_value(name, known.default) == known.default
    assert known.why.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent_hour", "much"),
        ("agent_hour", "-1"),
        ("agent_hour", "nan"),
        ("agent_hour", "inf"),
        ("lost_share", "1.1"),
        ("count_declared", "maybe"),
        ("currency", "euro"),
        ("support_hours", "when it suits"),
        ("zone", "Mars/Olympus"),
        ("nothing", "1"),
        ("match:", "x"),
        ("match:Unlock it!", "x"),
        ("match:unlock", " "),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_what_to_write(name: str, value: str) -> None:
    with pytest.raises(BadInput):
        shown_value(name, value)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_are_a_value_or_are_refused(name: str, value: str) -> None:
    try:
        shown = shown_value(name, value)
    except BadInput:
        return
    assert shown_value(name, shown) == shown


def test_what_was_assumed_before_is_on_record(tmp_path: Path) -> None:
    journal = Journal(main_url=f"sqlite:///{tmp_path}/main.db", log_url=f"sqlite:///{tmp_path}/log.db")
    journal.migrate()
    with journal.write() as tx:
        assume(tx, "agent_hour", "52,5", by="p1", reason="Controlling", now=NOW)
        assume(tx, "agent_hour", "60", by="p2", reason="Controlling again", now=NOW)
        with pytest.raises(BadInput):
            assume(tx, "agent_hour", "61", by="p2", reason=" ", now=NOW)
        assert assumed(tx)["agent_hour"].value == "60"
        forget(tx, "agent_hour", by="p1", reason="back", now=NOW)
        with pytest.raises(NotFound):
            forget(tx, "agent_hour", by="p1", reason="back", now=NOW)
        with pytest.raises(BadInput):
            claim(tx, "cmmi", 6, by="p1", note="", now=NOW)
        claim(tx, "cmmi", 5, by="p1", note="", now=NOW)
        rows = [(row.action, row.detail.get("before"), row.detail.get("after")) for row in tx.audit.rows()]
    assert rows == [
        ("assumption.set", "45", "52.5"),
        ("assumption.set", "52.5", "60"),
        ("assumption.dropped", "60", "45"),
        ("maturity.answered", None, 5),
    ]
    journal.close()
