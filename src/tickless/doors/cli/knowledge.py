"""`tickless knowledge …`: articles that questions are answered from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, Limit, print_json, session_of, tell, usage

knowledge = typer.Typer(no_args_is_help=True, help="Knowledge: import, list, show, search, unanswered, review.")
ArticleRef = Annotated[str, typer.Argument(metavar="ARTICLE", help="Id, such as vpn-setup.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]


@knowledge.command("import")
def import_articles(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of Markdown files; default: those of the settings.")
    ] = None,
    *,
    root: Annotated[str | None, typer.Option(help="What the folder is called on record; default: its name.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring in articles from a folder, all of them or none; what is gone from the folder is retired."""
    with session_of(context).api() as api:
        if folder is None:
            taken = api.post(f"/knowledge/sync?dry_run={str(dry_run).lower()}")["items"]
        else:
            body = {"root": root or folder.resolve().name, "files": _files(folder)}
            taken = [api.post(f"/knowledge/import?dry_run={str(dry_run).lower()}", body)]
    if as_json:
        print_json(taken)
    else:
        _show(taken)
    if any(one["problems"] for one in taken):
        raise typer.Exit(FAILED)


def _files(folder: Path) -> list[dict[str, str]]:
    from tickless.practices.knowledge.folder import read_folder

    files, problems = read_folder(folder)
    for one in problems:
        tell(f"{one.path}: {one.reason}", mend=one.mend)
    if problems:
        raise typer.Exit(FAILED)
    return [{"path": one.path, "text": one.text} for one in files]


def _show(taken: list[Any]) -> None:
    if not taken:
        line('No folder of articles is named in the settings: `knowledge = ["/srv/knowledge"]`, or give one here.')
    for one in taken:
        for problem in one["problems"]:
            tell(f"{problem['path']}:{problem['line']}: {problem['where']}: {problem['reason']}", mend=problem["mend"])
        counts = ", ".join(f"{len(one[what])} {what}" for what in ("added", "changed", "retired"))
        line(f"{one['root']}: {counts}, {one['same']} same" + ("" if one["written"] else "; nothing was written"))


@knowledge.command("list")
def list_articles(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="draft, published or retired.")] = None,
    as_json: AsJson = False,
) -> None:
    """List articles with how each fares."""
    with session_of(context).api() as api:
        page = api.get("/knowledge", state=state)
    if as_json:
        print_json(page)
        return
    rows = [
        (
            one["id"],
            one["title"],
            one["owner"],
            one["state"],
            one["shown"],
            one["helped"],
            one["review_by"][:10],
            one["concerns"],
        )
        for one in page["items"]
    ]
    columns = ["article", "title", "owner", "state", "shown", "helped", "review by", "concerns"]
    show_table(columns, rows, empty="There is no article yet.")


@knowledge.command("show")
def show(context: typer.Context, reference: ArticleRef, as_json: AsJson = False) -> None:
    """Show an article whole."""
    with session_of(context).api() as api:
        found = api.get(f"/knowledge/{part(reference)}")
    if as_json:
        print_json(found)
        return
    names = (
        "title",
        "state",
        "owner",
        "service",
        "audience",
        "tags",
        "version",
        "source",
        "shown",
        "helped",
        "concerns",
    )
    show_pairs({**{name: found[name] or None for name in names}, "review by": found["review_by"][:10]})
    line("")
    for text in found["text"].splitlines():
        line(text)


@knowledge.command("search")
def search(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="As a person would ask it.")],
    limit: Limit = 5,
    as_json: AsJson = False,
) -> None:
    """Show what a person would be told, and the sections that fit best."""
    with session_of(context).api() as api:
        found = api.get("/knowledge/search", q=question, limit=limit)
    if as_json:
        print_json(found)
        return
    for text in (found["answer"] or "No article is likely enough to answer that.").splitlines():
        line(text)
    line("")
    rows = [(f"{one['confidence']:.2f}", one["title"], one["section"], one["href"]) for one in found["found"]]
    show_table(["likely", "article", "section", "where"], rows, empty="Nothing fits.")
    line(f"the bar is {found['bar']:.2f}", style="dim")


@knowledge.command("unanswered")
def unanswered(context: typer.Context, limit: Limit = 20, as_json: AsJson = False) -> None:
    """List what no article could answer, heaviest first."""
    with session_of(context).api() as api:
        page = api.get("/knowledge/unanswered", limit=limit)
    if as_json:
        print_json(page)
        return
    rows = [(one["count"], one["people"], one["question"], moment(one["last_at"]), one["id"]) for one in page["items"]]
    show_table(["asked", "people", "question", "last", "id"], rows, empty="Nothing is unanswered.")


@knowledge.command("draft")
def draft(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="[ID]", help="An id that `tickless knowledge unanswered` lists.")
    ] = "",
    case: Annotated[str, typer.Option("--case", help="Number of a solved case: what was asked, and what helped.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draft an article from an unanswered question or a solved case; a person mends and publishes it."""
    if bool(reference) == bool(case):
        raise usage("say which unanswered question, or which case with --case")
    with session_of(context).api() as api:
        made = api.post(f"/cases/{part(case)}/article" if case else f"/knowledge/unanswered/{part(reference)}/draft")
    if as_json:
        print_json(made)
    else:
        line(f"{made['id']} is drafted: “{made['title']}”")


@knowledge.command("review")
def review(context: typer.Context, as_json: AsJson = False) -> None:
    """List articles that contradict each other, are overdue, have no owner, or never helped."""
    with session_of(context).api() as api:
        found = api.get("/knowledge/review")
    if as_json:
        print_json(found)
        return
    pairs = [(one["what"], f"{one['first']}: {one['first_says']}", f"{one['second']}: {one['second_says']}")
             for one in found["contradictions"]]  # fmt: skip
    show_table(["differs", "says", "but"], pairs, empty="No two articles contradict each other.")
    line("")
    rows = [(one["id"], one["owner"], one["concerns"], one["review_by"][:10]) for one in found["concerns"]]
    show_table(
        ["article", "owner", "concerns", "review by"], rows, empty="All articles are fresh, have an owner, and help."
    )
    if found["right"] is not None:
        line(f"the bar is {found['bar']:.2f}: of {found['measured_on']} questions of the articles, left out one by one, "
             f"{found['right']:.0%} are answered right, {found['wrong']:.0%} wrong; "
             f"{found['invented']:.0%} are answered though their article is left out", style="dim")  # fmt: skip
