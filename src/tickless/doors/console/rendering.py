"""Templates: autoescaped, strict about unknown names, with the product's words as filters."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from tickless.domain.record import Untrusted
from tickless.doors.console import wording

HERE = Path(__file__).parent
STATIC = HERE / "static"
LONGEST_LINE = 2_000
_FIRST = ("base", "layout", "parts", "pages")
SHEET = "tickless.css"
_FOR_LONG = {"Cache-Control": "public, max-age=31536000, immutable"}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def asset_version() -> str:
    """Changes whenever a style sheet or script changes, so that browsers may keep them for long."""
    found = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


@lru_cache(maxsize=1)
def whole_sheet() -> str:
    """Every style sheet as one, so that a page asks once: the base first, for it says which layers there are."""
    others = sorted(path for path in STATIC.glob("*.css") if path.stem not in _FIRST)
    return "\n".join(
        path.read_text(encoding="utf-8") for path in (*(STATIC / f"{name}.css" for name in _FIRST), *others)
    )


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The one template environment of the web doors."""
    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE.parent / "chat" / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plain=wording.plain,
        intent=wording.intent,
        span=wording.span,
        minutes=wording.minutes,
        size=wording.size,
        pretty=wording.pretty,
        standing=wording.standing,
        lines=lines,
        sentence=wording.sentence,
        bare=wording.bare,
    )
    environment.globals.update(words=wording, percent=wording.percent, asset_version=asset_version())
    return environment


def harmless(value: Any) -> Any:
    """Plain text may hold words from outside too (a summary, a reason): it is tamed line by line before it is escaped."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "\n".join(_indent(line) + Untrusted(line).tame(LONGEST_LINE) for line in value.splitlines())


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))


def lines(text: Untrusted) -> str:
    """Text from outside with its line breaks kept."""
    return "\n".join(Untrusted(line).tame(LONGEST_LINE) for line in text.raw[: 4 * LONGEST_LINE].splitlines())


def render(template: str, context: dict[str, Any]) -> str:
    """The page as text."""
    return templates().get_template(template).render(context)


def fragment(template: str, block: str, context: dict[str, Any]) -> str:
    """One block of a template alone, without the page around it."""
    found = templates().get_template(template)
    return "".join(found.blocks[block](found.new_context(context)))


async def static(request: Request) -> Response:
    """A style sheet, script or picture of ours."""
    name = request.path_params["name"]
    if name == SHEET:
        return PlainTextResponse(whole_sheet(), media_type="text/css", headers=_FOR_LONG)
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in _TYPES or not path.is_file():
        return PlainTextResponse("there is no such file", 404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=_FOR_LONG)
