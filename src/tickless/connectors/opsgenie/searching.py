"""The part of Opsgenie's search that scripts use: `status:open AND priority:P1`, `tag:db`, or words of the message. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.connectors.opsgenie.standing import Standing
from tickless.domain.errors import BadInput

LONGEST = 1_000
_TERM = re.compile(r"""\s*(?:(\w+)\s*[:=]\s*)?("[^"]*"|'[^']*'|[^\s"']+)\s*""")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """`firing`: what `status` asks for; None for both. `terms`: (field, value), field empty for words of the message."""

    firing: bool | None
    terms: tuple[tuple[str, str], ...]

    def fits(self, standing: Standing) -> bool:
        return all(_fits(name, value, standing) for name, value in self.terms)


def read_search(query: str) -> Search:
    """Raises `BadInput` for what is not understood: nobody is to think that it was looked for."""
    firing: bool | None = None
    terms: list[tuple[str, str]] = []
    if len(query) > LONGEST:
        raise BadInput(f"a query has at most {LONGEST} characters")
    for part in _AND.split(query.strip()) if query.strip() else ():
        found = _TERM.fullmatch(part)
        name = (found[1] or "").lower() if found else "?"
        value = found[2].strip("\"'").lower() if found else ""
        if name == "status" and value in {"open", "closed"}:
            firing = value == "open"
        elif name in _FIELDS:
            terms.append((name, value))
        else:
            raise BadInput(
                f"this part of the query is not understood here: {part[:100]!r}",
                mend="join terms with AND: status, alias, message, source, entity, priority, owner, tag, acknowledged",
            )
    return Search(firing, tuple(terms))


_FIELDS = frozenset({
    "", "message", "alias", "source", "entity", "priority", "owner", "tag", "tags", "acknowledged", "snoozed",
})  # fmt: skip


def _fits(name: str, value: str, standing: Standing) -> bool:
    if name in {"", "message"}:
        return value.rstrip("*") in standing.message.lower()
    if name in {"tag", "tags"}:
        return value in {tag.lower() for tag in standing.tags}
    if name == "acknowledged":
        return standing.acknowledged is (value == "true")
    if name == "snoozed":
        return (standing.snoozed_until is not None) is (value == "true")
    return str(getattr(standing, name)).lower() == value
