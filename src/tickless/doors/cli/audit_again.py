"""`tickless audit again`: every decision made again, and the share that is whole."""

from __future__ import annotations

from collections import Counter
from typing import Any

import typer

from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of

MOST_TOLD = 100


def again(context: typer.Context, as_json: AsJson = False) -> None:
    """Make every decision again from its inputs, ask the policies of then again, and check what vouches for it.

    Prints the share of decisions that are whole. Exit code 1 if one is not, or if the record is broken.
    """
    found: Counter[str] = Counter()
    told: list[dict[str, Any]] = []
    states: dict[str, Counter[str]] = {"made_again": Counter(), "policy_again": Counter()}
    chain_ok, cursor = True, None
    with session_of(context).api() as api:
        while True:
            page = api.get("/audit/decisions", cursor=cursor)
            found.update({name: page[name] for name in ("cases", "decisions", "whole", "vouched")})
            for name, counts in states.items():
                counts.update(page[name])
            told = [*told, *page["unaccounted"]][:MOST_TOLD]
            chain_ok, cursor = chain_ok and page["chain_ok"], page["next"]
            if cursor is None:
                break
    share = found["whole"] / found["decisions"] if found["decisions"] else 1.0
    if as_json:
        counted = {name: dict(counts) for name, counts in states.items()}
        print_json({**found, "share": share, **counted, "unaccounted": told, "chain_ok": chain_ok})
    else:
        _tell(found, states, told, share=share)
    if share < 1.0 or not chain_ok:
        raise typer.Exit(FAILED)


def _tell(found: Counter[str], states: dict[str, Counter[str]], told: list[dict[str, Any]], *, share: float) -> None:
    line(f"{found['decisions']} decisions of {found['cases']} cases: {share:.1%} whole", style="bold")
    line(f"made again: {_counts(states['made_again'])}")
    line(f"policies of then: {_counts(states['policy_again'])}")
    line(f"vouched for by a signature: {found['vouched']}")
    if told:
        rows = [(one["case"], one["kind"], one["why"]) for one in told]
        show_table(["case", "decision", "why it is not whole"], rows, empty="")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common()) or "none"
