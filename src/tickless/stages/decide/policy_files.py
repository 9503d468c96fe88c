"""Compiles Cedar policies and their schema. Every problem is reported at once, with file and line, in plain words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import cedarpy

from tickless.domain.errors import Problem, SettingsInvalid
from tickless.kit.canonical import digest

SCHEMA = "schema.cedarschema"
BODIES = "approval:bodies"
"""Need of a policy: the quorums that are required and have not been met."""
NEEDS = re.compile(
    r"step_up(?::target)?|person|approval:(?:manager|app_owner|service_owner|bodies|(?:group|role):[A-Za-z0-9][A-Za-z0-9._-]*:[1-9])"
)
_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|;|[^";/]+|/', re.DOTALL)


@dataclass(frozen=True)
class PolicyText:
    """One policy as its author described it, and as it is written."""

    id: str
    effect: Literal["permit", "forbid"]
    reason: str
    needs: str | None
    file: str
    line: int = 1
    source: str = ""


@dataclass(frozen=True)
class Policies:
    """A compiled set: `texts` by the name that the engine gives each policy."""

    handle: cedarpy.PolicySet
    schema: cedarpy.Schema
    texts: Mapping[str, PolicyText]
    digest: str
    """SHA-256 over the text of every file: names the set that decided, for the record and for replays."""
    files: Mapping[str, str]
    commit: str = ""
    """Of the git checkout in which the folder is, if it is in one."""

    @property
    def version(self) -> str:
        """What names them on record: the beginning of the hash, after that of the commit where there is one."""
        return f"{self.commit[:12]}+{self.digest[:12]}" if self.commit else self.digest[:12]

    def knows(self, action: str) -> bool:
        """Whether the set's own schema has that action: one of an older release may not."""
        return re.search(rf"^\s*action\s+{re.escape(action)}\b", self.files.get(SCHEMA, ""), re.MULTILINE) is not None

    def declares(self, kind: str, attribute: str) -> bool:
        """Whether the set's own schema knows that attribute of an entity: one of an older release may not."""
        block = re.search(rf"entity\s+{re.escape(kind)}\s*=\s*\{{(.*?)\}}", self.files.get(SCHEMA, ""), re.DOTALL)
        return (
            block is not None and re.search(rf"^\s*{re.escape(attribute)}\??\s*:", block[1], re.MULTILINE) is not None
        )


class PoliciesInvalid(SettingsInvalid):
    """Carries every problem of every file."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        said = "; ".join(f"{one.path}:{one.line}: {one.where}: {one.reason}: {one.mend}" for one in problems)
        super().__init__(
            f"the policies in {name!r} cannot be used: {said}",
            mend="mend each of them: nothing may run without policy",
        )
        self.problems = problems


@dataclass(frozen=True)
class _Statement:
    file: str
    line: int
    text: str


def compile_policies(files: Mapping[str, str], *, name: str = "policies", commit: str = "") -> Policies:
    """Compile files (name → text), in order of name. Raises `PoliciesInvalid` with all problems."""
    problems: list[Problem] = []
    schema = _schema(files.get(SCHEMA), problems)
    sources = {file: text for file, text in sorted(files.items()) if file.endswith(".cedar")}
    good = [one for file, text in sources.items() for one in _statements(file, text) if _parses(one, problems)]
    texts = {f"policy{index}": _text(one, problems) for index, one in enumerate(good)}
    _unique(texts, problems)
    if not texts and not problems:
        problems.append(_problem((SCHEMA, 1), "nothing", "the folder", "there is no policy in it", mend="write one"))
    if schema is not None and texts:
        whole = "\n".join(one.text for one in good)
        found = cedarpy.validate_policies(whole, schema).errors
        problems += [_invalid(texts[one.policy_id or "policy0"], one.policy_id or "", one.error) for one in found]
    if problems or schema is None:
        raise PoliciesInvalid(name, tuple(sorted(problems, key=lambda one: (one.path, one.line, one.reason))))
    whole = "\n".join(sources.values())
    named = {SCHEMA: files[SCHEMA], **sources}
    return Policies(cedarpy.PolicySet.from_str(whole), schema, texts, digest(named), named, commit)


def _schema(text: str | None, problems: list[Problem]) -> cedarpy.Schema | None:
    if text is None:
        problems.append(
            _problem((SCHEMA, 1), "missing", "the folder", "there is no schema", mend="copy the one that ships")
        )
        return None
    try:
        return cedarpy.Schema.from_str(text)
    except ValueError as error:
        said = _plain(error)
        problems.append(_problem((SCHEMA, _line_of(text, said)), "syntax", "schema", said, mend="see cedarpolicy.com"))
        return None


def _statements(file: str, text: str) -> Iterator[_Statement]:
    """Each policy of a file with the line on which it begins."""
    begun, at, line = "", 1, 1
    for piece in _PIECE.findall(text):
        if not begun.strip() and (piece.startswith("//") or not piece.strip()):
            line += piece.count("\n")
            continue
        if not begun:
            at = line + piece[: len(piece) - len(piece.lstrip())].count("\n")
        begun += piece
        line += piece.count("\n")
        if piece == ";":
            yield _Statement(file, at, begun.strip())
            begun = ""
    if begun.strip():
        yield _Statement(file, at, begun.strip())


def _parses(one: _Statement, problems: list[Problem]) -> bool:
    try:
        nodes = cedarpy.policies_to_pst(one.text)
    except ValueError as error:
        said = _plain(error)
        line = one.line + _line_of(one.text, said) - 1
        problems.append(
            _problem((one.file, line), "syntax", _named(one), said, mend="see cedarpolicy.com for the grammar")
        )
        return False
    if nodes.templates:
        problems.append(_problem((one.file, one.line), "template", _named(one),
                                 "policies with slots (?principal) are not used here", mend="name the principal"))  # fmt: skip
        return False
    return True


def _text(one: _Statement, problems: list[Problem]) -> PolicyText:
    node = next(iter(cedarpy.policies_to_pst(one.text).static_policies.values()))
    notes, effect = node.annotations, "permit" if str(node.effect) == "permit" else "forbid"
    found = PolicyText(
        id=notes.get("id", ""), effect="permit" if effect == "permit" else "forbid", reason=notes.get("reason", ""),
        needs=notes.get("needs"), file=one.file, line=one.line, source=one.text,
    )  # fmt: skip

    def report(code: str, reason: str, mend: str) -> None:
        problems.append(_problem((one.file, one.line), code, found.id or "a policy without @id", reason, mend=mend))

    if not found.id:
        report("no_id", "it has no name", 'write @id("…")')
    if not found.reason:
        report("no_reason", "it says no reason", 'write @reason("…"), the sentence that people will read')
    if found.needs is not None and not NEEDS.fullmatch(found.needs):
        report("needs", f"@needs({found.needs!r}) is unknown", "step_up, step_up:target, approval:<role> or person")
    if found.needs is not None and effect == "permit":
        report("needs", "@needs belongs to a forbid", "take it away")
    return found


def _unique(texts: Mapping[str, PolicyText], problems: list[Problem]) -> None:
    seen: dict[str, PolicyText] = {}
    for text in texts.values():
        first = seen.setdefault(text.id, text)
        if text.id and first is not text:
            said = f"this @id is taken by {first.file}:{first.line}"
            problems.append(
                _problem((text.file, text.line), "same_id", text.id, said, mend="give it a name of its own")
            )


def _invalid(text: PolicyText, name: str, said: str) -> Problem:
    """What the schema says against a policy, at the line of the word that it is about."""
    plain = said.replace(f"for policy `{name}`, ", "")
    line = text.line + _line_of(text.source, plain) - 1
    where = text.id or "a policy without @id"
    return _problem((text.file, line), "schema", where, plain, mend=f"{SCHEMA} says what there is")


def _line_of(text: str, said: str) -> int:
    """The line of what a message quotes, where it stands in the text once; else the first."""
    for word in re.findall(r"`([^`]+)`", said):
        if text.count(word) == 1:
            return text[: text.index(word)].count("\n") + 1
    return 1


def _named(one: _Statement) -> str:
    found = re.search(r'@id\("([^"]*)"\)', one.text)
    return found[1] if found else "a policy without @id"


def _problem(place: tuple[str, int], code: str, where: str, reason: str, *, mend: str) -> Problem:
    return Problem(path=place[0], line=place[1], column=1, code=code, where=where, reason=reason, mend=mend)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
