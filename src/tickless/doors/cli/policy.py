"""`tickless policy …`: check and test a folder here, ask the server who may do what and why, compare two sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.domain.errors import BadInput, Problem, SettingsInvalid
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, tell, usage
from tickless.kit.checkout import GitFailed, files_at
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_cases import PolicyCase, check_case, read_cases
from tickless.stages.decide.policy_explain import compare, question_of_case
from tickless.stages.decide.policy_files import Policies, PoliciesInvalid, compile_policies
from tickless.stages.decide.policy_folder import PROFILES, Profile, case_folders, files_of, overlaid

policy = typer.Typer(
    no_args_is_help=True, help="Policies: check and test a folder, who can do what and why, what a change would change."
)
Folder = Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="Default: the folder of the settings.")]
ProfileOf = Annotated[str | None, typer.Option("--profile", help="small, regulated or lab; default: the settings'.")]
Given = Annotated[
    list[str] | None, typer.Option("--with", "-w", help="NAME=VALUE: what differs from an ordinary case.")
]
Action = Annotated[
    str, typer.Argument(help="use, run, suggest, approve, grant_autonomy, consult, call, read_case, regroup, silence …")
]
What = Annotated[
    str, typer.Argument(help="house, case:12, approval:<id>, operation:<name>, a runbook's id, RUNBOOK@SERVICE.")
]


@policy.command("check")
def check(context: typer.Context, folder: Folder = None, profile: ProfileOf = None, as_json: AsJson = False) -> None:
    """Compile a folder against its schema: every problem with file and line. Needs no server."""
    path, kind = _folder(context, folder, profile)
    try:
        found: Policies | None = compile_policies(files_of(path, kind), name=path.name)
        problems: tuple[Problem, ...] = ()
    except PoliciesInvalid as error:
        found, problems = None, error.problems
    if as_json:
        print_json({"version": found.version if found else None, "policies": len(found.texts) if found else 0,
                    "problems": [one.__dict__ for one in problems]})  # fmt: skip
    else:
        for one in problems:
            tell(f"{one.path}:{one.line}: {one.where}: {one.reason}", mend=one.mend)
        if found is not None:
            line(f"{len(found.texts)} policies, profile {kind}, version {found.version}: all is well")
    if problems:
        raise typer.Exit(FAILED)


@policy.command("test")
def run_cases(
    context: typer.Context, folder: Folder = None, profile: ProfileOf = None, as_json: AsJson = False
) -> None:
    """Ask a folder's policies every question of its `tests/`, and compare the answers. Needs no server."""
    path, kind = _folder(context, folder, profile)
    engine = PolicyEngine.load(path, profile=kind)
    cases = read_cases(*case_folders(path, kind))
    wrong = [said for case in cases if (said := _asked(engine, case)) is not None]
    idle = sorted({one.id for one in engine.texts} - {name for case in cases for name in case.expect.policies})
    if as_json:
        print_json({"cases": len(cases), "wrong": wrong, "undecided": idle})
    else:
        for said in wrong:
            tell(said)
        if idle:
            line(f"no case is decided by: {', '.join(idle)}", style="dim")
        line(f"{len(cases) - len(wrong)} of {len(cases)} cases are answered as they say")
    if wrong or not cases:
        raise typer.Exit(FAILED)


@policy.command("explain")
def explain(
    context: typer.Context,
    who: Annotated[
        str, typer.Argument(help="Id, user name, user:<login>, token:<id>, runbook:<id>, system, model, nobody.")
    ],
    action: Action,
    what: What = "house",
    *,
    given: Given = None,
    as_json: AsJson = False,
) -> None:
    """May they, and by which policies? Asks the server; changes nothing."""
    body = {"principal": who, "action": action, "resource": what, "context": _pairs(given)}
    with session_of(context).api() as api:
        found = api.post("/policy/explain", body)
    if as_json:
        print_json(found)
        return
    line(found["sentence"], style="green" if found["allowed"] else "red")
    for text in found["took_part"]:
        line(f"  {text['effect']}s: {text['reason']}  [{text['id']}, {text['file']}:{text['line']}]")
    if not found["took_part"]:
        for text in found["reasons"]:
            line(f"  {text}")
    for text in found["could"]:
        line(f"  could permit it, and does not hold: {text['reason']}  [{text['id']}]", style="dim")
    if found["needs"]:
        line(f"  a yes takes: {', '.join(found['needs'])}")
    line(f"  version {found['version']}", style="dim")


@policy.command("who-can")
def who_can(
    context: typer.Context,
    action: Action,
    what: What = "house",
    right: Annotated[str, typer.Option("--right", help="For `use`: which right.")] = "",
    as_json: AsJson = False,
) -> None:
    """Who may do it? Asks the server."""
    with session_of(context).api() as api:
        page = api.get("/policy/who-can", action=action, resource=what, right=right or None)
    if as_json:
        print_json(page)
        return
    rows = [(one["name"], one["id"], one["kind"], ", ".join(one["policies"])) for one in page["items"]]
    show_table(["who", "id", "kind", "by"], rows, empty="Nobody may.")


@policy.command("status")
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Which policies hold, since when, from where, and what keeps others out."""
    with session_of(context).api() as api:
        found = api.get("/policy")
    if as_json:
        print_json(found)
        return
    show_pairs({"version": found["version"], "profile": found["profile"], "commit": found["commit"] or None,
                "authors": ", ".join(found["authors"]) or None, "since": moment(found["since"]),
                "policies": len(found["policies"])})  # fmt: skip
    for one in found["problems"]:
        tell(f"not taken in: {one['file']}:{one['line']}: {one['where']}: {one['reason']}", mend=one["mend"])


@policy.command("sync")
def sync(context: typer.Context) -> None:
    """Let the server read its folder now. (It does by itself when a file changes.)"""
    with session_of(context).api() as api:
        problems = api.post("/policy/sync")["items"]
    for one in problems:
        tell(f"{one['file']}:{one['line']}: {one['where']}: {one['reason']}", mend=one["mend"])
    line("nothing was taken in; what held before goes on holding" if problems else "what is in the folder holds")
    if problems:
        raise typer.Exit(FAILED)


@policy.command("diff")
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="FOLDER, or FOLDER@REVISION of a git checkout.")],
    after: Annotated[str, typer.Argument(help="The same; default: the folder of the settings.")] = "",
    *,
    decisions: Annotated[int, typer.Option("--decisions", "-n", min=0, max=10_000,
                                           help="Ask the server's newest real decisions of AFTER, too.")] = 0,
    profile: ProfileOf = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Which answers change from one set to another: over both folders' test cases, and over real decisions."""
    path, kind = _folder(context, None, profile)
    old, _ = _set(before, kind)
    new, cases = _set(after or str(path), kind)
    first, second = PolicyEngine(old), PolicyEngine(new)
    differs, asked = compare(first, second, [(one.name, question_of_case(one)) for one in cases])
    real: Any = None
    if decisions:
        with session_of(context).api() as api:
            real = api.post("/policy/compare", {"files": dict(new.files), "decisions": decisions})
    ids = ({one.id for one in first.texts}, {one.id for one in second.texts})
    if as_json:
        print_json({"before": old.version, "after": new.version, "added": sorted(ids[1] - ids[0]),
                    "removed": sorted(ids[0] - ids[1]), "cases": asked,
                    "differs": [{"name": one.name, "before": one.before.allowed, "after": one.after.allowed,
                                 "needs_before": one.before.needs, "needs_after": one.after.needs} for one in differs],
                    "decisions": real})  # fmt: skip
        return
    for word, names in (("added", ids[1] - ids[0]), ("removed", ids[0] - ids[1])):
        for name in sorted(names):
            line(f"{word}: {name}")
    for one in differs:
        line(f"{one.name}: {_said(one.before.allowed, one.before.needs)} → {_said(one.after.allowed, one.after.needs)}")
    line(f"{len(differs)} of {asked} test cases are answered differently")
    if real is not None:
        for one in real["differs"]:
            was, will = one["before"], one["after"]
            line(f"{one['name']}: {_said(was['allowed'], was['needs'])} → {_said(will['allowed'], will['needs'])}")
        line(f"{len(real['differs'])} of {real['asked']} real decisions would be answered differently")


def _folder(context: typer.Context, folder: Path | None, profile: str | None) -> tuple[Path, Profile]:
    session = session_of(context)
    if folder is None or profile is None:
        with session.telling():
            own, kind = session.host.policies(data=session.data)
        folder, profile = folder or own, profile or kind
    known = next((one for one in PROFILES if one == profile), None)
    if known is None:
        raise usage(f"there is no profile {profile!r}: {', '.join(PROFILES)}")
    return folder, known


def _set(reference: str, profile: Profile) -> tuple[Policies, tuple[PolicyCase, ...]]:
    """A folder as it stands, or as it was at a revision; and the test cases that are in it now. Raises `SettingsInvalid`."""
    name, _, revision = reference.partition("@")
    folder = Path(name)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {name!r}")
    cases = read_cases(*case_folders(folder, profile))
    if not revision:
        return compile_policies(files_of(folder, profile), name=name), cases
    try:
        files = overlaid(files_at(folder, revision), profile)
    except GitFailed as error:
        raise SettingsInvalid(f"{name} at {revision}: {error}") from error
    return compile_policies(files, name=reference), cases


def _asked(engine: PolicyEngine, case: PolicyCase) -> str | None:
    try:
        return check_case(engine, case)
    except ValueError as error:
        return f"{case.name}: it cannot be asked: {' '.join(str(error).split())[:300]}"


def _pairs(given: list[str] | None) -> dict[str, str]:
    found = dict(one.partition("=")[::2] for one in given or [])
    if any("=" not in one for one in given or []):
        raise usage("--with takes NAME=VALUE")
    return found


def _said(allowed: bool, needs: Any) -> str:
    return "yes" if allowed else f"no, needs {', '.join(needs)}" if needs else "no"
