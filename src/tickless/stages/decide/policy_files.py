"""Reads a folder of Cedar policies and its schema. Every problem is reported at once, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cedarpy

from tickless.domain.errors import SettingsInvalid
from tickless.kit.canonical import digest

SCHEMA = "schema.cedarschema"
BODIES = "approval:bodies"
"""Need of a policy: the quorums that are required and have not been met."""
NEEDS = re.compile(
    r"step_up(?::target)?|person|approval:(?:manager|app_owner|service_owner|bodies|(?:group|role):[A-Za-z0-9][A-Za-z0-9._-]*:[1-9])"
)


@dataclass(frozen=True)
class PolicyText:
    """One policy as its author described it."""

    id: str
    effect: Literal["permit", "forbid"]
    reason: str
    needs: str | None
    file: str


@dataclass(frozen=True)
class Policies:
    """A parsed folder: `texts` by the name that the engine gives each policy."""

    handle: cedarpy.PolicySet
    schema: cedarpy.Schema
    texts: Mapping[str, PolicyText]
    digest: str
    """SHA-256 over the text of every file: names the set that decided, for the record and for replays."""
    commit: str = ""
    """Of the git checkout in which the folder is, if the policies are reviewed there."""

    @property
    def version(self) -> str:
        return f"{self.commit[:12]}+{self.digest[:12]}" if self.commit else self.digest[:12]


def read_policies(folder: Path) -> Policies:
    """Read every `*.cedar` of the folder, in order of name. Raises `SettingsInvalid` with all problems."""
    problems: list[str] = []
    schema = _read_schema(folder, problems)
    sources = _read_sources(folder, problems)
    texts = _read_texts(sources, problems)
    if not texts and not problems:
        problems.append("there is no policy in it")
    whole = "\n".join(sources.values())
    if schema is not None and not problems:
        names = {name: text.id for name, text in texts.items()}
        found = cedarpy.validate_policies(whole, schema).errors
        problems.extend(f"{names.get(error.policy_id, error.policy_id)}: {error.error}" for error in found)
    if problems or schema is None:
        raise SettingsInvalid(
            f"the policies in {folder.name!r} cannot be used: " + "; ".join(problems),
            mend="mend each of them, then start again: nothing may run without policy",
        )
    return Policies(handle=cedarpy.PolicySet.from_str(whole), schema=schema, texts=texts, digest=digest(sources))


def _read_schema(folder: Path, problems: list[str]) -> cedarpy.Schema | None:
    try:
        return cedarpy.Schema.from_str((folder / SCHEMA).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        problems.append(f"{SCHEMA}: {_plain(error)}")
        return None


def _read_sources(folder: Path, problems: list[str]) -> dict[str, str]:
    sources: dict[str, str] = {}
    for path in sorted(folder.glob("*.cedar")):
        try:
            text = path.read_text(encoding="utf-8")
            cedarpy.policies_to_pst(text)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            problems.append(f"{path.name}: {_plain(error)}")
            continue
        sources[path.name] = text
    return sources


def _read_texts(sources: Mapping[str, str], problems: list[str]) -> dict[str, PolicyText]:
    """Names count on over the files (`policy0`, `policy1` …), as they do when the files are parsed as one text."""
    texts: dict[str, PolicyText] = {}
    seen: set[str] = set()
    for file, source in sources.items():
        nodes = cedarpy.policies_to_pst(source)
        if nodes.templates:
            problems.append(f"{file}: policies with slots (?principal) are not used here")
        for node in nodes.static_policies.values():
            notes = node.annotations
            policy = notes.get("id", "")
            where = f"{file}: {policy or 'a policy without @id'}"
            if not policy:
                problems.append(f'{where}: write @id("…")')
            elif policy in seen:
                problems.append(f"{where}: this @id is taken")
            seen.add(policy)
            if not notes.get("reason"):
                problems.append(f'{where}: write @reason("…"), the sentence that people will read')
            needs = notes.get("needs")
            if needs is not None and not NEEDS.fullmatch(needs):
                problems.append(
                    f"{where}: @needs({needs!r}) is unknown; step_up, step_up:target, approval:<role> or person"
                )
            if needs is not None and str(node.effect) == "permit":
                problems.append(f"{where}: @needs belongs to a forbid")
            texts[f"policy{len(texts)}"] = PolicyText(
                id=policy,
                effect="permit" if str(node.effect) == "permit" else "forbid",
                reason=notes.get("reason", ""),
                needs=needs,
                file=file,
            )
    return texts


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
