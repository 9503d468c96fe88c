"""Prompts are files with a version; what is asked about is fenced in as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tickless.ai.models.options import Use
from tickless.kit.canonical import digest


@dataclass(frozen=True)
class Prompt:
    """Instructions of the house. `version` changes with every change of the text: `compose-1.5f3a0c21`."""

    use: Use
    version: str
    text: str


@cache
def prompt_of(use: Use) -> Prompt:
    """The prompt that ships for a use."""
    whole = files(__package__).joinpath("prompts", f"{use}.txt").read_text(encoding="utf-8")
    head, _, text = whole.partition("\n")
    number = head.removeprefix("version:").strip()
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return Prompt(use, f"{use}-{number}.{mark}", text.strip())


def canary_of(prompt: Prompt, text: str) -> str:
    """A word that stands in the instructions alone. It follows from the whole request, so that whoever wrote a part of the text
    cannot know it, and the same request has the same one: an answer that holds it was led to tell what it was told."""
    return f"k{digest(['canary', prompt.version, text])[:12]}"


def fenced(title: str, text: str) -> str:
    """`text` between two lines that it cannot contain: they carry a mark that follows from the text."""
    mark = digest([title, text])[:16]
    return f"=== {title} {mark} begins\n{text.replace(mark, '')}\n=== {title} {mark} ends"
