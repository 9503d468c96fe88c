"""A case's story for people: the eight stages in order."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from tickless.doors.cli.output import console, line, moment, plain, show_pairs

MOST = 10
_MARKS = {True: "✓", False: "✗", None: "?"}


def show_case(case: dict[str, Any]) -> None:
    """What a case is and how it stands."""
    end = f" → {case['outcome']}" if case["outcome"] not in {None, case["state"]} else ""
    heading = Text(f"Case #{case['number']} ", style="bold")
    heading.append_text(plain(case["title"]))
    console().print(heading)
    show_pairs(
        {
            "state": case["state"] + end,
            "kind": f"{case['kind']}, {case['need'] or 'not understood yet'}",
            "about": case["subject"],
            "requester": case["requester"],
            "opened": moment(case["opened_at"]),
            "held until": moment(case["hold_until"]),
        }
    )


def show_story(story: dict[str, Any]) -> None:
    """From the first signal to the outcome. Stages that were not reached are left out."""
    show_case(story["case"])
    _signals(story)
    _stage("2 Understood", [_finding(found) for found in story["findings"][:MOST]])
    _stage("3 Correlated", [found["text"] for found in story["correlation"][:MOST]])
    _cause(story.get("cause"))
    impact = story["impact"]
    _stage("4 Impact", [f"priority {impact['priority']}: {impact['reason']}"])
    _stage("5 Decided", [text for found in story["decisions"] for text in _decision(found)])
    _stage("6 Done", [text for run in story["runs"] for text in _run(run)])
    _stage("7 Verified", [text for verdict in story["verdicts"] for text in _verdict(verdict)])
    _stage("8 Outcome", [_resolution(found) for found in story["resolutions"]])


def _cause(cause: dict[str, Any] | None) -> None:
    """What is behind it, with what speaks for each suspect."""
    if cause is None:
        return
    lines = [cause["why"]]
    for one in cause["suspects"]:
        lines.append(f"{one['chance']:.0%} {one['name']}")
        lines += [f"  {why['text']} ({why['source']})" for why in one["because"]]
    _stage("  Cause", lines)


def _stage(title: str, lines: list[str]) -> None:
    if lines:
        console().print(Text(title, style="bold cyan"))
        for text in lines:
            line(text, indent=4 if text.startswith(" ") else 2)


def _signals(story: dict[str, Any]) -> None:
    shown = story["signals"][:MOST]
    lines = [f"{moment(found['occurred_at'])}  {found['title']}  ({found['why']})" for found in shown]
    more = story["signal_count"] - len(shown)
    _stage("1 Signals", lines + ([f"and {more} more"] if more > 0 else []))


def _finding(found: dict[str, Any]) -> str:
    things = ", ".join(f"{one['text']} = {one['ref']}" for one in found["entities"] if one["ref"])
    sure = f"{found['need'] or found['act']}, {found['confidence']:.0%} sure ({found['brain']})"
    return f"{sure}: {things}" if things else sure


def _decision(found: dict[str, Any]) -> list[str]:
    reasons = [f"  {reason['effect']} by {reason['policy']}: {reason['text']}" for reason in found["reasons"]]
    return [f"{found['kind']}: {found['summary']}", *reasons]


def _run(run: dict[str, Any]) -> list[str]:
    steps = [
        f"  {one['step']} {one['state']}: {one['error'] or one['summary'] or one['uses']}" for one in run["receipts"]
    ]
    return [f"{run['runbook']} {run['state']}" + (" (dry run)" if run["dry_run"] else ""), *steps]


def _verdict(verdict: dict[str, Any]) -> list[str]:
    readings = [f"  {_MARKS[one['held']]} {one['uses']}: {one['evidence']}" for one in verdict["readings"]]
    return [verdict["result"], *readings]


def _resolution(found: dict[str, Any]) -> str:
    saved = f", {found['minutes_saved']:g} minutes saved ({found['basis']})" if found["minutes_saved"] else ""
    return f"{found['outcome']} after {found['seconds']:.1f} s{saved}"
