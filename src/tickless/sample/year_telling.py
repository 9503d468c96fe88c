"""Writes deeds down: numbers them, and says who does each. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.person import Person
from tickless.sample.year_events import Deed, DeedKind
from tickless.sample.year_frame import Frame


class Told:
    """Called with kind, moment and person; the rest is detail. `key` names what is made, `of` what was made before."""

    def __init__(self, frame: Frame, chapter: str) -> None:
        self.frame = frame
        self._chapter = chapter
        self._count = 0

    def __call__(self, kind: DeedKind, when: dt.datetime, by: Person, **detail: Any) -> Deed:
        self._count += 1
        return Deed(f"deed-{self._chapter}-{self._count:03d}", when, kind, {"by": by.id, **detail})
