"""T5: receivers under mutated bodies, and the API under what its own description allows."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.api_calls import call_everything
from bench.hostile_calls import call_hostile
from bench.receiver_house import receiver_house
from bench.receiver_replay import replay
from bench.receiver_storm import CHUNK, Storm, mutated, resident_mb
from bench.receiver_targets import targets
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.kit.log import configure_logging
from tickless.kit.memory import keep_few_arenas

BODIES = 101_000
REPLAYED = 3_000
CALLS = 40
"""Calls of each operation of the API."""


def run(task: Task) -> Outcome:
    """Post `BODIES` bodies, replay what was put aside, then call the API."""
    configure_logging(level="CRITICAL")
    keep_few_arenas()  # as `tickless serve` does
    ways_in = [one for one in targets() if not task.only or one.name.startswith(task.only)]
    if not ways_in:
        raise CannotRun("no way in begins like that; see bench/receiver_targets.py")
    chunks = -(-BODIES // CHUNK)
    used: list[float] = []
    with tempfile.TemporaryDirectory(prefix="tickless-t5-") as folder, receiver_house(Path(folder)) as receivers:
        storm = Storm(receivers)
        for number, chunk in enumerate(mutated(ways_in, chunks=range(chunks))):
            storm.send(chunk)
            used.append(resident_mb())
            if number % 10 == 9:
                task.say(
                    f"{storm.account.bodies:,} bodies, {len(storm.account.failures)} failures, {resident_mb():.0f} MB"
                )
        replayed = replay(receivers, most=REPLAYED)
        api = call_everything(receivers, each=CALLS)
        hostile = call_hostile(receivers)
    account = storm.account
    figures = {
        "bodies": account.bodies,
        "server_errors": account.server_errors + account.broken,
        "hangs": account.hangs,
        "not_kept": account.not_kept,
        "lost": account.lost + account.not_taken_in,
        "replayed_wrongly": replayed.doubled + replayed.not_replayed,
        "memory_growth_mb": _growth(used),
        "signals": account.signals,
        "put_aside": account.kept,
        "replayed": replayed.mended,
        "api_operations": api.operations,
        "api_calls": api.calls,
        "api_server_errors": api.server_errors,
        "api_undescribed": api.undescribed,
        "api_hostile_calls": hostile.calls,
        "api_hostile_errors": hostile.server_errors,
    }
    return Outcome(
        figures,
        exposure="the receivers were tested with changes of the same fixtures before; these changes are the bench's own",
        data={
            "ways_in": len(ways_in),
            "answers": dict(sorted(account.answers.items())),
            "changes": dict(account.did.most_common(40)),
        },
        details={"failures": account.failures, "api": list(api.failures), "hostile": list(hostile.failures)},
    )


def _growth(used: Sequence[float]) -> float:
    """By how many MB the middle of the last third is above the middle of the third before; the first third fills caches.
    (Single bodies unpack to tens of megabytes: the most of a third says which of them it met.)"""
    third = max(1, len(used) // 3)
    return max(0.0, median(used[-third:]) - median(used[-2 * third : -third] or used))


BENCH = Bench(
    id="T5",
    title="receivers under mutated bodies, the API under its own description",
    bar={
        "bodies_min": 100_000,
        "server_errors_max": 0,
        "hangs_max": 0,
        "not_kept_max": 0,
        "lost_max": 0,
        "replayed_wrongly_max": 0,
        "memory_growth_mb_max": 64,
        "api_server_errors_max": 0,
        "api_undescribed_max": 0,
        "api_hostile_errors_max": 0,
    },
    run=run,
    about=(
        "Hypothesis changes every connector's payloads in their structure (types, names, depth, lengths, numbers and texts "
        "nobody expects, keys twice), as bytes (cut, recoded, too deep) and in how they are packed and described (gzip that "
        "is none, bombs, encodings, content types, headers), and posts them to the whole site in this process: the hooks, the "
        "paths of PagerDuty, Opsgenie and Alertmanager, OTLP and remote-write; mail, rooms and Teams are handed in as their "
        "listeners do. The account has to balance: what was answered as new is in the log, what was refused for its contents "
        "is in the quarantine byte for byte, the intake takes everything in. Then a sample is replayed: in vain it waits on, "
        "once; read by a mended source it becomes signals. `hangs`: no answer within 20 seconds. `memory_growth_mb`: by "
        "how much the median of the last third is above the median of the third before. The API is called by "
        "Schemathesis along its OpenAPI description, by an administrator; `api_hostile_…`: every parameter and field of it, "
        "one at a time, with values that break things."
    ),
)
