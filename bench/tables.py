"""Writes docs/benchmarks.md: one section per bench, replaced as a whole when that bench has run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.report import Bench, reached

HEAD = """# Benchmarks

Every table here was printed by the command above it; nothing is written by hand. Rates per core-second count the user and
system CPU of the measured process. A bench that was not run has no table.
"""
_SECTION = re.compile(r"^## (?P<id>[A-Z]\d+)\b.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def write_tables(path: Path, ran: Mapping[str, tuple[Bench, dict[str, Any]]]) -> None:
    """Replace the sections of those benches and keep the others."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    sections = {found["id"]: found[0].strip() for found in _SECTION.finditer(before)}
    sections |= {identity: section(bench, report) for identity, (bench, report) in ran.items()}
    ordered = sorted(sections, key=lambda identity: ("SQT".index(identity[0]), int(identity[1:])))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join([HEAD.strip(), *(sections[identity] for identity in ordered)]) + "\n", encoding="utf-8")


def section(bench: Bench, report: Mapping[str, Any]) -> str:
    """The table of one report, in Markdown."""
    machine, figures = report["machine"], report["figures"]
    lines = [f"## {bench.id}: {bench.title}", "", f"`{report.get('command', f'python -m bench {bench.id}')}`", ""]
    if bench.about:
        lines += [bench.about, ""]
    lines += ["| figure | measured | bar | reached |", "|---|---|---|---|"]
    lines += [_row(name, value, figures, report["bar"]) for name, value in figures.items()]
    if report["anchors"]:
        lines += ["", "| beside it | |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(value)} |" for name, value in report["anchors"].items()]
    told = "; ".join(f"{name} {value}" for name, value in report["data"].items())
    where = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_mb']} MB, {machine['system']}"
    used = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines += ["", f"Input: {told or 'none'}. Exposure: {report['exposure']}."]
    lines += [f"{machine['date']}; {where}; load {machine['load_1m']} at the end. {used}."]
    return "\n".join(lines)


def _row(name: str, value: float, figures: Mapping[str, float], bar: Mapping[str, float]) -> str:
    signs = {"min": "≥", "max": "≤"}
    limits = [(key, limit) for key, limit in bar.items() if key.rpartition("_")[0] == name]
    wanted = ", ".join(f"{signs[key.rpartition('_')[2]]} {limit:g}" for key, limit in limits)
    ok = "" if not limits else "yes" if all(reached(figures, key, limit) for key, limit in limits) else "**no**"
    return f"| {name.replace('_', ' ')} | {value:,.6g} | {wanted} | {ok} |"


def _cell(value: object) -> str:
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text.replace("_", " ").replace("|", "\\|")
