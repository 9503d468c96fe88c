"""Canaries: made-up secrets and personal data, each planted once, so that a leak names the door by which it came in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import yaml

from bench.report import CannotRun

Kind = Literal["held", "secret", "personal"]
"""`held`: the house or a door was given it to hold, so that it stands nowhere readable. `secret`: it stands in somebody's
words, and stays with them. `personal`: an address or a number in somebody's words."""
MARK, DIGITS = "{canary}", "{digits}"
SECRETS = (
    "my account is locked, my password is {canary}",
    "the vpn says wrong password: {canary}",
    "it sends Authorization: Bearer {canary} and fails",
    "I open https://me:{canary}@files.example/x and it is down",
    "the api_key={canary} does not work any more",
    "client_secret: '{canary}' is refused",
    "-----BEGIN RSA PRIVATE KEY-----\n{canary}\n-----END RSA PRIVATE KEY-----",
    "use ghp_{canary} for the build",
    "passwd={canary}&user=me in the address",
    "here is my PIN: {canary}, please reset it",
)
PERSONAL = (
    "please write to {canary}@private.example, my laptop is broken",
    "call me at +49 170 {digits}, the vpn is down",
)


@dataclass(frozen=True)
class Canary:
    """`text`: what is sent, the canary in it; `value`: what is looked for."""

    id: str
    door: str
    kind: Kind
    text: str
    value: str


def planted(door: str, kind: Kind, text: str, *, number: int) -> Canary:
    """A new canary in that text."""
    value = "Kq" + secrets.token_hex(9)
    digits = f"{secrets.randbelow(10**4):04d} {secrets.randbelow(10**4):04d}"
    found = digits if "{digits}" in text else value
    filled = text.replace(MARK, value).replace("{digits}", digits)
    return Canary(f"{door}-{kind}-{number}", door, kind, filled, found)


def of_words(door: str) -> Iterator[Canary]:
    """Every form of words for one door."""
    for number, text in enumerate(SECRETS):
        yield planted(door, "secret", text, number=number)
    for number, text in enumerate(PERSONAL):
        yield planted(door, "personal", text, number=number)


def read_canaries(folder: Path) -> tuple[Canary, ...]:
    """YAML lists of `{id, door, kind, text}` with `{canary}` (or `{digits}`) in the text. Raises `CannotRun`."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            text = str(entry.get("text")) if isinstance(entry, dict) else ""
            if MARK not in text and DIGITS not in text:
                continue
            if entry.get("kind") not in get_args(Kind) or not entry.get("door"):
                raise CannotRun(f"{path.name}: entry {number + 1} needs `door`, `kind` and `text`")
            made = planted(str(entry["door"]), entry["kind"], str(entry["text"]), number=number)
            found.append(Canary(str(entry.get("id", made.id)), made.door, made.kind, made.text, made.value))
    if not found:
        raise CannotRun("there are no canaries in that folder: YAML lists of {id, door, kind, text}")
    return tuple(found)
