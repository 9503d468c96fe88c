"""After a start, storms that run are remembered: the alerts of the last while are heard again, in the order in which they came.

A storm has the name of its case, so that each alert is put where it stands, whoever decided so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping

from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.stages.correlate.advice import Advice
from tickless.stages.correlate.core import Trouble
from tickless.stages.correlate.grouping.corrections import Corrections
from tickless.stages.correlate.grouping.grouper import QUIET
from tickless.stages.correlate.regroup.follow import standing_for

MOST = 2_000
"""Alerts that are heard again, the newest."""
Signals = Callable[[Collection[str]], Mapping[str, Signal]]


def recall(
    tx: Tx,
    advice: Advice,
    signals: Signals,
    *,
    world: World,
    corrections: Callable[[str], Corrections],
    now: dt.datetime,
) -> int:
    """Hear again what began to fire lately and stands in a case. Returns how many alerts."""
    alerts = tx.alerts.placed_since(now - dt.timedelta(seconds=QUIET), limit=MOST)
    found = signals([one.signal for one in alerts if one.signal])
    heard = [(signal, one) for one in alerts if (signal := found.get(one.signal or "")) is not None]
    heard.sort(key=lambda pair: (pair[0].received_at, pair[0].id))
    for signal, alert in heard:
        case = tx.cases.get(alert.case or "")
        if case is None:
            continue
        trouble = Trouble(
            need=alert.need or "unknown",
            subject="",
            service=alert.service,
            fingerprint=alert.fingerprint,
            at=signal.occurred_at,
        )
        advice.settle(advice.weigh(signal, trouble, world, corrections(signal.tenant)), standing_for(tx, case).id)
    return len(heard)
