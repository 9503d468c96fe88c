"""How the sources are: who is silent that should not be, and who sends more than it may. For the doctor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.flow.desk.promise import Check
from tickless.flow.desk.sources import SourceState
from tickless.stages.sense.heartbeats import spell

LATELY = dt.timedelta(minutes=10)


def source_checks(sources: Sequence[SourceState], now: dt.datetime) -> list[Check]:
    """One line for all that is well, and one for each source that is not."""
    ill = [check for one in sources if (check := _ill(one, now)) is not None]
    heard = sum(one.life.heard_at is not None for one in sources)
    watched = sum(one.condition != "off" for one in sources)
    detail = f"{len(sources)} configured, {heard} heard, {watched} with a heartbeat"
    return [Check("sources", ok=True, detail=detail), *ill]


def _ill(one: SourceState, now: dt.datetime) -> Check | None:
    told, mend = [], ""
    if one.condition == "silent":
        last = f"last heard {one.life.beat_at:%Y-%m-%d %H:%M:%S} UTC" if one.life.beat_at else "never heard"
        told.append(f"silent, {last}; expected every {spell(one.rule.heartbeat or 0)}")
        mend = "look at the sender, its token and the network between; or take its `heartbeat` away"
    if one.life.refused_at is not None and now - one.life.refused_at < LATELY:
        told.append(f"sends more than {one.rule.per_minute} payloads a minute: {one.life.refused} were refused")
        mend = mend or "send more at once and less often, or raise its `per_minute`"
    return Check(f"source {one.name}", ok=False, detail="; ".join(told), mend=mend) if told else None
