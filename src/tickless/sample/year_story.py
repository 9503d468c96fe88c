"""What the people of the company decide and do in a year, apart from cases: in order of the calendar. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.sample.year_events import YearEvent
from tickless.sample.year_frame import Frame


def story_events(frame: Frame) -> Iterator[YearEvent]:
    """Every deed, deployment and breakage of the story, in no order."""
    yield from ()
