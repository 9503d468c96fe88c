"""What a run of Ansible came to, out of the events that ansible-runner gives. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tickless.connectors.ansible.parameters import Played
from tickless.domain.errors import AuthFailed, OutsideError, Rejected, Unreachable

MOST_TASKS = 100
MOST_LINES = 20
LONGEST_LINE = 200
_REFUSED = re.compile(
    r"permission denied|host key verification failed|authentication fail|invalid/incorrect password", re.IGNORECASE
)
_AWAY = re.compile(r"failed to connect to the host via ssh|data could not be sent to remote host", re.IGNORECASE)
"""What a task says that could not reach its host; some say so as a failure."""


@dataclass(frozen=True)
class Told:
    """One event: what a task did on a host."""

    what: str
    host: str
    task: str
    result: Mapping[str, Any]


def told_by(events: Iterable[Any]) -> Iterator[Told]:
    """The events that say what a task came to."""
    for event in events:
        kind = event.get("event") if isinstance(event, Mapping) else None
        data = event.get("event_data") if isinstance(event, Mapping) else None
        if not isinstance(kind, str) or not isinstance(data, Mapping) or not kind.startswith("runner_on_"):
            continue
        result = data.get("res")
        host, task = data.get("host"), data.get("task")
        yield Told(
            what=kind.removeprefix("runner_on_"),
            host=host if isinstance(host, str) else "",
            task=task if isinstance(task, str) else "",
            result=result if isinstance(result, Mapping) else {},
        )


def played(events: Iterable[Told]) -> Played:
    """Counts, and what changed with the difference that Ansible tells."""
    ok = changed = failed = 0
    plan: list[str] = []
    for event in events:
        failed += event.what == "failed" and event.result.get("ignore_errors") is not True
        if event.what != "ok":
            continue
        ok += 1
        if event.result.get("changed") is True:
            changed += 1
            plan += [f"{event.host}: {event.task}", *(f"  {line}" for line in _difference(event.result.get("diff")))]
    return Played(ok=ok, changed=changed, failed=failed, plan=tuple(line[:LONGEST_LINE] for line in plan[:MOST_TASKS]))


def _difference(told: Any) -> list[str]:
    """`diff` of a module: one or more of {before, after}, each text or anything else."""
    lines: list[str] = []
    for one in told if isinstance(told, list) else [told]:
        if not isinstance(one, Mapping):
            continue
        before, after = (_text(one.get(name)) for name in ("before", "after"))
        where = _text(one.get("after_header") or one.get("before_header"))
        found = [
            line
            for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
            if line[:2] not in {"--", "++", "@@"}
        ]
        lines += [where, *found] if where and found else found
    return lines[:MOST_LINES]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {one}" for name, one in value.items())
    return value if isinstance(value, str) else "" if value is None else str(value)


def failure(events: Iterable[Told]) -> OutsideError | None:
    """The house's error for the first thing that went wrong; None when nothing did."""
    for event in events:
        if event.what not in {"failed", "unreachable"} or event.result.get("ignore_errors") is True:
            continue
        words = _text(event.result.get("msg"))[:300]
        detail = f"{event.host}: {event.task}: {words}"
        if _REFUSED.search(words) and (event.what == "unreachable" or _AWAY.search(words)):
            return AuthFailed("a host refused our key, or is not the one we know", detail=detail)
        if event.what == "unreachable" or _AWAY.search(words):
            return Unreachable("a host did not answer", detail=detail)
        return Rejected("a task failed", detail=detail)
    return None
