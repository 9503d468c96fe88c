"""A folder of articles, such as a git working tree: every `*.md` in it, however deep, apart from what is hidden and READMEs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tickless.domain.errors import Problem
from tickless.domain.knowledge import Article
from tickless.practices.knowledge.article_file import MOST_CHARACTERS, read_article

MOST_FILES = 20_000


@dataclass(frozen=True)
class ArticleFile:
    """One file: its path below the folder, with forward slashes, and what stands in it."""

    path: str
    text: str


@dataclass(frozen=True)
class Batch:
    """All the articles of one folder, or why it is not taken."""

    root: str
    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]


def article_paths(folder: Path) -> list[Path]:
    """The files that hold articles, in order."""
    found = []
    for path in sorted(folder.rglob("*.md")):
        inside = path.relative_to(folder).parts
        if not any(part.startswith(".") for part in inside) and path.name.lower() != "readme.md" and path.is_file():
            found.append(path)
    return found[:MOST_FILES]


def read_folder(folder: Path) -> tuple[list[ArticleFile], list[Problem]]:
    """Read the files. What cannot be read is a problem, never an exception; links that lead out are left alone."""
    files, problems = [], []
    base = folder.resolve()
    if not base.is_dir():
        return [], [_problem(str(folder), "there is no such folder", "mend the path, or make the folder")]
    for path in article_paths(base):
        name = path.relative_to(base).as_posix()
        if not path.resolve().is_relative_to(base):
            problems.append(_problem(name, "it is a link that leads out of the folder", "put the file itself here"))
            continue
        try:
            if path.stat().st_size > 4 * MOST_CHARACTERS:
                problems.append(_problem(name, "the file is too large", "split it into several articles"))
                continue
            files.append(ArticleFile(name, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            problems.append(_problem(name, "it is not UTF-8", "save the file as UTF-8"))
        except OSError as error:
            problems.append(_problem(name, f"it cannot be read: {error.strerror}", "look at its owner and its rights"))
    return files, problems


def read_batch(files: list[ArticleFile], *, root: str) -> Batch:
    """All files as articles. `root` stands before each path in `source`. Two files with one id are a problem."""
    articles: list[Article] = []
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    for file in files:
        source = f"{root.rstrip('/')}/{file.path}"
        read = read_article(file.text, path=source)
        problems += read.problems
        if read.article is None:
            continue
        if read.article.id in sources:
            other = sources[read.article.id]
            reason = f"the id {read.article.id!r} is that of {other}, too"
            problems.append(Problem(source, 1, 1, "article", "id", reason, "give one of them another id"))
            continue
        sources[read.article.id] = source
        articles.append(read.article)
    return Batch(root, tuple(articles), tuple(problems))


def signature(folder: Path) -> str:
    """Changes whenever a file is added, removed or written; cheap enough to look every half minute."""
    parts = []
    try:
        for path in article_paths(folder):
            told = path.stat()
            parts.append(f"{path}:{told.st_mtime_ns}:{told.st_size}")
    except OSError:
        return "unreadable"
    return "\n".join(parts)


def _problem(path: str, reason: str, mend: str) -> Problem:
    return Problem(path, 1, 1, "article", "file", reason, mend)
