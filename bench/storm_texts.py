"""What monitors say of troubles: alert names and texts, by kind of node and by what broke. Words only, no method."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.storm_world import Kind

MOUNTS = ("/var", "/data", "/srv/pg", "/var/lib/docker")
Texts = tuple[tuple[str, str], ...]
"""Alert name and text."""


@dataclass(frozen=True)
class Fault:
    """A way to break. `says`: what the broken thing itself reports; `heard`: what others report of it."""

    name: str
    on: tuple[Kind, ...]
    says: Texts
    heard: tuple[str, ...]


_FILE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
FAULTS = tuple(
    Fault(one["name"], tuple(one["on"]), tuple(one["says"].items()), tuple(one["heard"])) for one in _FILE["faults"]
)
SYMPTOMS: dict[Kind, Texts] = {kind: tuple(texts.items()) for kind, texts in _FILE["symptoms"].items()}
"""What a thing reports when it hurts, whatever the reason."""


def filled(template: str, rng: random.Random, *, node: str, code: str) -> str:
    """A text with its blanks filled in."""
    return (
        template.replace("{node}", node)
        .replace("{n}", str(rng.randrange(2, 990)))
        .replace("{mount}", rng.choice(MOUNTS))
        .replace("{code}", code)
    )


def new_code(rng: random.Random, fault: str) -> str:
    """What this one incident has of its own: a release, a serial number, a segment."""
    if fault == "release":
        return f"{rng.randrange(1, 9)}.{rng.randrange(0, 40)}.{rng.randrange(0, 9)}"
    return str(rng.randrange(100, 4000)) if fault == "network" else f"{rng.randrange(16**8):08x}"
