"""Whatever was said of tools in whatever order: the newest word counts, a withdrawn one never, a changed tool is nobody's."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.tool_effect import ToolEffect, in_force, state_of

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
TOOLS, HASHES = ["add", "wipe"], ["a" * 64, "b" * 64]


words = st.lists(
    st.tuples(st.sampled_from(TOOLS), st.sampled_from(HASHES), st.integers(0, 5), st.booleans()), max_size=10
).map(
    lambda rows: [
        ToolEffect(id=f"tef_{number:02}", instance="crm", tool=tool, sha256=sha256, effect="change", by="user:a",
                   at=AT + dt.timedelta(hours=hours), withdrawn_at=AT if withdrawn else None,
                   withdrawn_by="user:b" if withdrawn else None)
        for number, (tool, sha256, hours, withdrawn) in enumerate(rows)
    ]
)  # fmt: skip


@given(words)
def test_the_newest_word_counts_in_any_order(said: list[ToolEffect]) -> None:
    force = in_force(said)
    assert in_force(reversed(said)) == force
    for tool in TOOLS:
        about = [one for one in said if one.tool == tool]
        newest = max(about, key=lambda one: (one.at, one.id), default=None)
        counts = newest is not None and newest.withdrawn_at is None
        assert force.get(tool) == (newest if counts else None)


@given(words, st.dictionaries(st.sampled_from([*TOOLS, "new"]), st.sampled_from(HASHES)))
def test_only_the_very_tool_that_was_read_is_classified(said: list[ToolEffect], offered: dict[str, str]) -> None:
    force = in_force(said)
    for tool in [*TOOLS, "new"]:
        state = state_of(tool, offered, force)
        same = tool in force and offered.get(tool) == force[tool].sha256
        assert (state == "classified") == same
        assert (state == "new") == (tool not in force)
        assert (state == "gone") == (tool in force and tool not in offered)
