"""A day that was cut off is broken again as it was."""

from __future__ import annotations

from tickless.app.demo_faults import breakable
from tickless.sample.day_events import Fault


def test_what_is_dead_or_hangs_is_broken_last_for_it_takes_no_other_fault() -> None:
    dead, hangs = Fault("kill", "intranet"), Fault("hang", "shop")
    expires, full = Fault("expire", "intranet"), Fault("fill", "files-1:/data")
    assert breakable([dead, expires, hangs, full]) == [expires, full, dead, hangs]
