"""What may not be missing from a drafted runbook, kind by kind, looked for in the runbook itself. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from tickless.domain.runbook import Runbook

_LITTLE = frozenset({"than", "that", "must", "when", "they", "with", "from", "into", "more", "again", "their"})


def met(runbook: Runbook, must: str) -> tuple[bool, bool]:
    """(there is a part of that kind, and one of the words of what it is about stands in such a part)"""
    kind, _, about = must.partition(":")
    parts = _parts(runbook, kind.strip())
    if not parts:
        return False, False
    text = re.sub(r"[_.\-]", " ", json.dumps(parts, default=str).casefold())
    asked = [
        word
        for word in re.findall(r"[a-z0-9]+", about.casefold())
        if (len(word) > 3 or word.isdigit()) and word not in _LITTLE
    ]
    return True, not asked or any(word[:5] in text for word in asked)


def _parts(runbook: Runbook, kind: str) -> list[Any]:
    whole = runbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    steps = _all(whole.get("steps", []))
    checks = [*whole.get("verify", []), *(one for step in steps for one in step.get("for_each", {}).get("check", []))]
    lasting = [whole["undo"]["irreversible"]] if isinstance(whole.get("undo"), dict) else []
    found: dict[str, list[Any]] = {
        "verify": checks,
        "undo": [[step["undo"], step.get("title")] for step in steps if "uses" in step.get("undo", {})],
        "irreversible": [
            *lasting,
            *(
                [step["undo"]["irreversible"], step.get("title")]
                for step in steps
                if "irreversible" in step.get("undo", {})
            ),
        ],
        "approval": [one for one in (whole.get("approval"), *(step.get("approve") for step in steps)) if one],
        "guard": [*whole.get("precheck", []), *(step for step in steps if "if" in step)],
        "precheck": [*whole.get("precheck", [])],
        "condition": [
            *([step.get("if"), step.get("title")] for step in steps if "if" in step),
            *whole.get("precheck", []),
        ],
        "loop": [
            step
            for step in steps
            if "for_each" in step or any("each" in task for task in step.get("tasks", {}).get("open", []))
        ],
        "wait": [step["wait"] for step in steps if "wait" in step]
        + [step["until"] for step in steps if "until" in step]
        + [step["wait_for"] for step in steps if "wait_for" in step],
        "timeout": [
            *(step["timeout"] for step in steps if "timeout" in step),
            *(check["within"] for check in checks if "within" in check),
            *(step["ask"]["within"] for step in steps if "within" in step.get("ask", {})),
            *(step["approve"]["within"] for step in steps if "within" in step.get("approve", {})),
            *(step["wait_for"]["within"] for step in steps if "within" in step.get("wait_for", {})),
        ],
        "ask": [step["ask"] for step in steps if "ask" in step],
        "notify": [
            *(step for step in steps if "say" in step or _messages(step)),
            *([whole["say"]] if _said(whole) else []),
        ],
        "say": [*(step for step in steps if "say" in step), *([whole["say"]] if _said(whole) else [])],
        "limit": [
            *(step["for_each"]["at_most"] for step in steps if "for_each" in step),
            *(step["with"] for step in steps if "?" in str(step.get("with")) or "replicas" in step.get("with", {})),
        ],
        "canary": [step["for_each"] for step in steps if "canary" in step.get("for_each", {})],
        "parallel": [step for step in steps if "parallel" in step or step.get("for_each", {}).get("at_once", 1) > 1],
        "schedule": [step for step in steps if "until" in step],
        "manual": [step for step in steps if "manual" in step],
        "secret": [
            step for step in steps if str(step.get("uses", "")) == "tickless.temporary_password" or "once:" in str(step)
        ],
        "handoff": [
            *(step for step in steps if "hand_off" in step),
            *(one for one in whole.get("precheck", []) if one.get("otherwise", "stop") == "stop"),
            *([whole["say"]["failed"]] if "over" in str(whole.get("say", {}).get("failed")) else []),
        ],
        "output": [whole["outputs"]] if whole.get("outputs") else [],
    }
    return found.get(kind, [])


def _messages(step: dict[str, Any]) -> bool:
    return str(step.get("uses", "")) in {"tickless.notify_person", "apprise.send", "email.send", "phone.send"}


def _said(whole: dict[str, Any]) -> bool:
    """Whether somebody is told something of their own at the end, beyond the words that every draft has."""
    return bool(whole.get("say", {}).get("done", "It is done, and I checked.") != "It is done, and I checked.")


def _all(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for step in steps:
        inner = [*step.get("for_each", {}).get("steps", []), *step.get("parallel", {}).get("steps", [])]
        found += [step, *_all(inner)]
    return found
