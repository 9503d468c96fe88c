"""T1: conversations over the catalogue, through the real house, judged on the case graph and on the system of record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bench.conversation_form import CONVERSATIONS, Conversation, read_conversations
from bench.playing import Played, Player
from bench.report import Bench, CannotRun, Outcome, Task
from bench.suite_channels import SERVED
from bench.suite_house import SEED
from bench.suite_workers import play_all

EXPOSURE = (
    "Written for this bench from the catalogue's needs, not from the runbooks' examples. The files called dev-* and "
    "every-channel were read while the product was being mended; of those called check-* only the kinds of failure were "
    "told. The sample company ships with the product."
)
FOREIGN = "The entries come from elsewhere; the sample company that they are played in ships with the product."


def run(task: Task) -> Outcome:
    """Play every conversation, each from a clean state."""
    conversations = _chosen(task)
    played: list[Played] = []
    channels = frozenset(one.channel for one in conversations) & SERVED
    for one in play_all(Player, conversations, workers=task.workers, channels=channels):
        played.append(one)
        _say(task, one, len(played), len(conversations))
    for line in _table(played):
        task.say(line)
    ours = task.data is None
    return Outcome(
        _figures(played),
        exposure=EXPOSURE if ours else FOREIGN,
        data={
            "folder": "bench/suites/conversations" if ours else str(task.data),
            "conversations": len(played),
            "needs": sum(len(one.needs) for one in played),
            "files": len({one.file for one in played}),
            "company seed": SEED,
            "brain": played[0].brain,
        },
        details={"tables": _tables(played), "failures": [_failure(one) for one in played if not one.passed]},
    )


def _chosen(task: Task) -> list[Conversation]:
    found = read_conversations(task.data or CONVERSATIONS)
    if task.only:
        found = [one for one in found if one.id.startswith(task.only) or one.file.startswith(task.only)]
    if not found:
        raise CannotRun(f"no conversation is called {' or '.join(task.only)}")
    return found


def _figures(played: Sequence[Played]) -> dict[str, float]:
    figures = _shares(played)
    for part in ("dev", "check"):
        of_part = [one for one in played if one.file.startswith(f"{part}-")]
        if of_part and len(of_part) < len(played):
            shares = _shares(of_part)
            figures |= {f"{part}_{name}": shares[name] for name in ("verified_share", "passed_share", "wrong_target")}
    figures |= {f"ran_by_{name}": float(count) for name, count in _channels(played).items()}
    figures["seconds_p50"] = sorted(one.seconds for one in played)[len(played) // 2]
    return figures


def _channels(played: Sequence[Played]) -> dict[str, int]:
    """Conversations that were held over each channel; those for any channel are held in the web chat."""
    ran = Counter("web" if one.channel == "any" else one.channel for one in played if one.reached)
    return {name: ran[name] for name in sorted(ran)}


def _shares(played: Sequence[Played]) -> dict[str, float]:
    handed = sum(one.handed_off for one in played)
    return {
        "verified_share": _share(sum(one.solved for one in played), sum(one.solvable for one in played)),
        "wrong_target": float(sum(bool(one.wrong) for one in played)),
        "hand_off_story_share": _share(sum(one.carried for one in played), handed),
        "passed_share": _share(sum(one.passed for one in played), len(played)),
        "needs_as_expected_share": _share(sum(r for o in played for _, r, _, _ in o.per_need),
                                          sum(len(one.per_need) for one in played)),
        "not_reachable": float(sum(not one.reached for one in played)),
    }  # fmt: skip


def _share(part: int, whole: int) -> float:
    """1 where there was nothing to do."""
    return part / whole if whole else 1.0


def _tables(played: Sequence[Played]) -> dict[str, dict[str, str]]:
    """Solved of solvable per need, and passed of all per writer, channel and file."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for need, as_expected, _, _ in (row for one in played for row in one.per_need):
        every[need] += 1
        right[need] += as_expected
    found = {"need": {need: f"{right[need]}/{every[need]}" for need in sorted(every)}}
    for name in ("writer", "channel", "file"):
        groups = sorted({getattr(one, name) for one in played})
        found[name] = {group: _passed(one for one in played if getattr(one, name) == group) for group in groups}
    return found


def _passed(played: Iterable[Played]) -> str:
    every = list(played)
    return f"{sum(one.passed for one in every)}/{len(every)}"


def _table(played: Sequence[Played]) -> list[str]:
    return [
        f"  {title:8} " + "  ".join(f"{name} {share}" for name, share in rows.items())
        for title, rows in _tables(played).items()
    ]


def _failure(one: Played) -> dict[str, Any]:
    return {"id": one.id, "file": one.file, "problems": list(one.problems), "transcript": list(one.transcript)}


def _say(task: Task, one: Played, number: int, whole: int) -> None:
    if task.verbose or not one.passed:
        task.say(f"  {'ok  ' if one.passed else 'FAIL'} {one.id} ({one.seconds:.1f} s)")
        for problem in one.problems:
            task.say(f"       {problem}")
        for line in one.transcript if task.verbose else ():
            task.say(f"       {line}")
    if number % 25 == 0:
        task.say(f"  {number} of {whole}")


BENCH = Bench(
    id="T1",
    title="conversations: verified resolution, and nothing done to anyone or anything else",
    bar={"verified_share_min": 0.80, "wrong_target_max": 0.0, "hand_off_story_share_min": 1.0},
    run=run,
    takes_data=True,
    about=(
        "`verified_share`: of the needs that may end verified (or confirmed), those that did, read from the case. "
        "`wrong_target`: conversations with any difference in the system of record, read apart from the house, "
        "that no expected end explains. `passed_share`: conversations in which every end, effect and word was right. "
        "Honest writers type the codes that come to their own phone. Channels that are not there are failures, and counted."
    ),
)
