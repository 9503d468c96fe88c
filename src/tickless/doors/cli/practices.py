"""The commands of the practices, together."""

from __future__ import annotations

from tickless.doors.cli import changes, major

GROUPS = (("change", changes.change), ("major", major.major))
