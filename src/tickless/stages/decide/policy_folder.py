"""Reads a folder of policies: the files that ship for everybody, those of a profile in their place, and what git says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tickless.domain.errors import Problem
from tickless.kit.checkout import Commit, GitFailed, commits_of, is_checkout, unsaved
from tickless.stages.decide.policy_files import SCHEMA, Policies, PoliciesInvalid, compile_policies

Profile = Literal["small", "regulated", "lab"]
PROFILES: tuple[Profile, ...] = ("small", "regulated", "lab")
Review = Literal["none", "committed", "signed_off", "reviewed"]
"""What the folder has to have behind it: nothing · a commit · commits that somebody signed off · somebody but their author."""


@dataclass(frozen=True)
class Found:
    """What a folder holds, and which commit it is, where it is in git."""

    policies: Policies
    profile: str
    commit: Commit | None


def profile_folder(folder: Path, profile: str) -> Path:
    """Where a profile's own files are: each stands in place of the file of the same name."""
    return folder / "profiles" / profile


def files_of(folder: Path, profile: Profile = "small") -> dict[str, str]:
    """Name → text, with the profile's files in place of those of the same name. Raises `PoliciesInvalid`."""
    own = profile_folder(folder, profile)
    found: dict[str, str] = {}
    problems: list[Problem] = []
    if profile != "small" and not own.is_dir():
        problems.append(
            _problem(f"profiles/{profile}", "there is no such profile in this folder", "small needs no folder")
        )
    for path in [folder / SCHEMA, *sorted(folder.glob("*.cedar")), *sorted(own.glob("*.cedar"))]:
        try:
            found[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_problem(path.name, f"it cannot be read: {type(error).__name__}", "look at the file"))
    if problems:
        raise PoliciesInvalid(folder.name, tuple(problems))
    return found


def overlaid(files: Mapping[str, str], profile: Profile) -> dict[str, str]:
    """The same for files by their path in the folder, such as those of an earlier commit."""
    own = f"profiles/{profile}/"
    found = {
        name: text for name, text in files.items() if "/" not in name and (name == SCHEMA or name.endswith(".cedar"))
    }
    return found | {
        name.removeprefix(own): text for name, text in files.items() if name.startswith(own) and name.endswith(".cedar")
    }


def case_folders(folder: Path, profile: Profile = "small") -> tuple[Path, ...]:
    """Folders of test cases: everybody's, and the profile's, which come last and win by name."""
    return tuple(path for path in (folder / "tests", profile_folder(folder, profile) / "tests") if path.is_dir())


def read_folder(
    folder: Path, *, profile: Profile = "small", review: Review = "none", after: str = "", in_git: bool = True
) -> Found:
    """Compile the folder as it stands. Raises `PoliciesInvalid` for every problem, also for what git says against it.

    `after`: the commit that is in force, so that every later one is looked at. `in_git`: whether git is asked at all.
    """
    files = files_of(folder, profile)
    commit, against = _commit_of(folder, review, after) if in_git else (None, [])
    if against:
        raise PoliciesInvalid(folder.name, tuple(against))
    policies = compile_policies(files, name=folder.name, commit=commit.id if commit else "")
    return Found(policies, profile, commit)


def _commit_of(folder: Path, review: Review, after: str) -> tuple[Commit | None, list[Problem]]:
    """The last commit that touched the folder, unless what is in the folder differs from it; and what speaks against it."""
    against: list[Problem] = []
    if not is_checkout(folder):
        if review != "none":
            against.append(
                _problem("git", "the folder is in no git checkout", "put it under git, or ask for no review")
            )
        return None, against
    try:
        changed = unsaved(folder)
        commits = commits_of(folder, limit=1)
        if review in {"signed_off", "reviewed"} and commits:
            for one in _since(folder, after) or commits:
                against += _unsigned(one, review)
    except GitFailed as error:
        said = [_problem("git", str(error), "see what `git status` says there")] if review != "none" else []
        return None, said
    if review != "none":
        against += [
            _problem(name, "it is not as it was committed", "commit it, or take the change back") for name in changed
        ]
        if not commits:
            against.append(_problem("git", "nothing of this folder was ever committed", "commit it"))
    return (commits[0] if commits and not changed else None), against


def _since(folder: Path, after: str) -> tuple[Commit, ...]:
    """Every commit after the one in force; none where that one is not in this history."""
    try:
        return commits_of(folder, after=after) if after else ()
    except GitFailed:
        return ()


def _unsigned(one: Commit, review: Review) -> list[Problem]:
    if review == "signed_off" and not one.signers:
        said = f"commit {one.id[:12]} by {one.author} is not signed off"
        return [_problem("git", said, "git commit --amend --signoff, or the reviewer's trailer Signed-off-by")]
    if review == "reviewed" and not one.reviewed:
        said = f"commit {one.id[:12]} by {one.author} was signed off by nobody but its author"
        return [_problem("git", said, "somebody else reads it and adds the trailer Signed-off-by")]
    return []


def _problem(path: str, reason: str, mend: str) -> Problem:
    return Problem(path=path, line=1, column=1, code="folder", where="folder", reason=reason, mend=mend)
