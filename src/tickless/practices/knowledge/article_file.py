"""An article's file: YAML front matter between two lines of `---`, then Markdown. Pure: text → article, or every problem."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tickless.domain.errors import Problem
from tickless.domain.knowledge import Article

MOST_CHARACTERS = 100_000
MOST_QUESTIONS = 50
STATES = ("draft", "published", "retired")
FIELDS = ("id", "title", "owner", "service", "reviewed", "review_days", "audience", "tags", "questions", "state")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_LINES = {"title": 200, "owner": 200, "service": 200}
_LISTS = {"audience": 100, "tags": 60, "questions": 300}
_FENCE = re.compile(r"---[ \t]*")


@dataclass(frozen=True)
class Read:
    """What a file gave: the article, or why there is none."""

    article: Article | None
    problems: tuple[Problem, ...]


def read_article(text: str, *, path: str) -> Read:
    """Read one file. `path` names it in problems and becomes the article's `source`. Never raises, whatever the text."""
    return _Reader(path).read(text.removeprefix("\ufeff"))


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self._places: dict[str, int] = {}

    def read(self, text: str) -> Read:
        if len(text) > MOST_CHARACTERS:
            self._tell(1, "file", f"longer than {MOST_CHARACTERS:,} characters", "split it into several articles")
            return self._done(None)
        parts = _parts(text)
        if parts is None:
            self._tell(1, "front matter", "it has no front matter", "begin the file with ---, `id: …`, `title: …`, ---")
            return self._done(None)
        front, body, body_line = parts
        fields = self._front_matter(front)
        if fields is None:
            return self._done(None)
        article = self._article(fields, body.strip(), body_line)
        return self._done(article)

    def _done(self, article: Article | None) -> Read:
        return Read(None if self._problems else article, tuple(sorted(self._problems)))

    def _tell(self, line: int, where: str, reason: str, mend: str) -> None:
        self._problems.append(Problem(self._path, line, 1, "article", where, reason, mend))

    def _front_matter(self, front: str) -> dict[str, Any] | None:
        """Plain texts and lists of texts, by name; None when it can't be read at all. Lines count from the file's beginning."""
        try:
            if any(
                isinstance(token, yaml.AliasToken | yaml.AnchorToken) for token in yaml.scan(front, yaml.SafeLoader)
            ):
                self._tell(1, "front matter", "anchors and aliases are not used here", "write it out")
                return None
            node = yaml.compose(front, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 2 if mark else 1
            self._tell(
                line, "front matter", error.problem or "this is no YAML", "mend the indentation or the quotes here"
            )
            return None
        except (yaml.YAMLError, ValueError, RecursionError):
            self._tell(1, "front matter", "it holds characters that YAML does not allow", "save it as plain UTF-8 text")
            return None
        if not isinstance(node, MappingNode):
            self._tell(2, "front matter", "names and values are expected", "write `title: …` and so on, one a line")
            return None
        return self._pairs(node)

    def _pairs(self, node: MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name, line = str(key.value) if isinstance(key, ScalarNode) else "?", key.start_mark.line + 2
            if name not in FIELDS:
                self._tell(line, name[:60], "this field is not known", f"there are: {', '.join(FIELDS)}")
            elif name in found:
                self._tell(line, name, "it stands here twice", "keep one of them")
            else:
                self._places[name] = line
                found[name] = self._value(name, value)
        return found

    def _value(self, name: str, node: Node) -> Any:
        line = node.start_mark.line + 2
        if isinstance(node, ScalarNode):
            return [node.value.strip()] if name in _LISTS and node.value.strip() else node.value.strip() or None
        if name in _LISTS and isinstance(node, SequenceNode):
            texts = [one.value.strip() for one in node.value if isinstance(one, ScalarNode) and one.value.strip()]
            if len(texts) == len(node.value):
                return texts
        self._tell(line, name, "this is not what is expected here", "a list of texts" if name in _LISTS else "a text")
        return None

    def _article(self, fields: dict[str, Any], body: str, body_line: int) -> Article | None:
        for name in ("id", "title", "reviewed"):
            if not fields.get(name) and name not in {one.where for one in self._problems}:
                example = {"id": "vpn-setup", "title": "Set up the VPN", "reviewed": "2026-01-31"}[name]
                self._tell(self._places.get(name, 1), name, "it is missing", f"add `{name}: {example}`")
        if not body:
            self._tell(body_line, "text", "there is no text below the front matter", "write the article in Markdown")
        identity = str(fields.get("id") or "")
        if identity and not _ID.fullmatch(identity):
            self._tell(
                self._places["id"], "id", f"{identity[:60]!r} is no id", "small letters, digits, - . _; at most 63"
            )
        self._lengths(fields)
        reviewed, days, state = self._reviewed(fields), self._days(fields), fields.get("state") or "published"
        if state not in STATES:
            self._tell(self._places["state"], "state", f"{state[:40]!r} is no state", ", ".join(STATES))
        if self._problems or reviewed is None:
            return None
        return Article(
            id=identity,
            title=fields["title"],
            text=body,
            owner=fields.get("owner"),
            service=fields.get("service"),
            reviewed_at=reviewed,
            review_days=days,
            state=state,
            questions=tuple(fields.get("questions") or ()),
            audience=tuple(fields.get("audience") or ()),
            tags=tuple(fields.get("tags") or ()),
            source=self._path,
        )

    def _lengths(self, fields: dict[str, Any]) -> None:
        for name, most in _LINES.items():
            if len(str(fields.get(name) or "")) > most:
                self._tell(self._places[name], name, f"longer than {most} characters", "say it shorter")
        for name, most in _LISTS.items():
            texts = fields.get(name) or []
            if len(texts) > MOST_QUESTIONS or any(len(text) > most for text in texts):
                mend = f"at most {MOST_QUESTIONS} of them, {most} characters each"
                self._tell(self._places[name], name, "too many, or too long", mend)

    def _reviewed(self, fields: dict[str, Any]) -> dt.datetime | None:
        said = str(fields.get("reviewed") or "")
        try:
            return dt.datetime.combine(dt.date.fromisoformat(said[:10]), dt.time(), dt.UTC) if said else None
        except ValueError:
            self._tell(self._places["reviewed"], "reviewed", f"{said[:40]!r} is no date", "write it as 2026-01-31")
            return None

    def _days(self, fields: dict[str, Any]) -> int:
        said = str(fields.get("review_days") or 365)
        if said.isdecimal() and 1 <= int(said[:9]) <= 3_650:
            return int(said)
        self._tell(self._places["review_days"], "review_days", f"{said[:40]!r} is no number of days", "1 to 3650")
        return 365


def _parts(text: str) -> tuple[str, str, int] | None:
    """Front matter, body, and the line on which the body begins; None without front matter."""
    lines = text.splitlines()
    if not lines or not _FENCE.fullmatch(lines[0]):
        return None
    end = next((at for at, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        return None
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def write_article(article: Article) -> str:
    """The file that `read_article` reads back to the same article."""
    told = {
        "id": article.id,
        "title": article.title,
        "owner": article.owner,
        "service": article.service,
        "reviewed": article.reviewed_at.date().isoformat(),
        "review_days": article.review_days,
        "audience": list(article.audience),
        "tags": list(article.tags),
        "questions": list(article.questions),
        "state": article.state,
    }
    kept = {name: value for name, value in told.items() if value not in (None, [])}
    front = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{front}---\n\n{article.text.strip()}\n"
