"""What git says of the folders of runbooks, where the settings ask for a review of changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tickless.domain.errors import Problem, RunbookInvalid
from tickless.journal import Journal
from tickless.kit.checkout import Commit, GitFailed, commits_of, is_checkout, unsaved
from tickless.stages.decide.policy_folder import Review


def reviewed(folders: Sequence[Path], review: Review, journal: Journal) -> Callable[[], None]:
    """A look that raises `RunbookInvalid` for everything that speaks against taking the folders in, and else remembers
    which commit was looked at, so that every later one is."""

    def look() -> None:
        if review == "none":
            return
        problems: list[Problem] = []
        heads: dict[str, str] = {}
        for folder in folders:
            mark = f"runbooks:{folder.resolve()}"[-200:]
            with journal.read() as tx:
                after = tx.coordination.mark(mark) or ""
            head, against = against_folder(folder, review, after)
            problems += against
            heads[mark] = head
        if problems:
            raise RunbookInvalid(
                f"{len(problems)} change{'s' * (len(problems) != 1)} that nobody may take in", problems=tuple(problems),
                detail="\n".join(map(str, problems)), mend="have them reviewed, or take them back",
            )  # fmt: skip
        with journal.write() as tx:
            for mark, head in heads.items():
                if head and tx.coordination.mark(mark) != head:
                    tx.coordination.note(mark, head)

    return look


def against_folder(folder: Path, review: Review, after: str) -> tuple[str, list[Problem]]:
    """(the folder's last commit, what speaks against it). `after`: the commit that was taken in last; empty: none was."""
    try:
        if not is_checkout(folder):
            return "", [_problem(folder, "the folder is in no git checkout", "put it under git, or ask for no review")]
        against = [
            _problem(Path(name), "it is not as it was committed", "commit it, or take the change back")
            for name in unsaved(folder)
        ]
        last = commits_of(folder, limit=1)
        if not last:
            return "", [*against, _problem(folder, "nothing of it was ever committed", "commit it")]
        if review in {"signed_off", "reviewed"}:
            for one in _since(folder, after) if after else last:
                against += _unsigned(folder, one, review)
    except GitFailed as error:
        return "", [_problem(folder, str(error), "see what `git status` says there")]
    return last[0].id, against


def _since(folder: Path, after: str) -> tuple[Commit, ...]:
    """Every commit after the one in force; where that is not in this history any more, all that there are."""
    try:
        return commits_of(folder, after=after)
    except GitFailed:
        return commits_of(folder)


def _unsigned(folder: Path, one: Commit, review: Review) -> list[Problem]:
    if review == "signed_off" and not one.signers:
        said = f"commit {one.id[:12]} by {one.author} is not signed off"
        return [_problem(folder, said, "git commit --amend --signoff")]
    if review == "reviewed" and not one.reviewed:
        said = f"commit {one.id[:12]} by {one.author} was signed off by nobody but its author"
        return [_problem(folder, said, "somebody else reads it and adds the trailer Signed-off-by")]
    return []


def _problem(path: Path, reason: str, mend: str) -> Problem:
    return Problem(path=path.name, line=1, column=1, code="review", where="git", reason=reason, mend=mend)
