"""The commands of the practices, together."""

from __future__ import annotations

from tickless.doors.cli import changes, improvements, major, oncall, suppliers

GROUPS = (
    ("change", changes.change),
    ("major", major.major),
    ("on-call", oncall.on_call),
    ("problem", improvements.problem),
    ("improvement", improvements.improvement),
    ("supplier", suppliers.supplier),
    ("portfolio", suppliers.portfolio),
    ("asset", suppliers.asset),
)
