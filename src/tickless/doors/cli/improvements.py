"""`tickless improvement …` and `tickless problem …`: what is to get better, and the causes behind incidents."""

from __future__ import annotations

import typer

from tickless.doors.cli.practice import add_deed, add_list, add_show

improvement = typer.Typer(
    no_args_is_help=True, help="Improvements: propose, agree, begin, finish, measure; what came of them."
)
problem = typer.Typer(no_args_is_help=True, help="Problems: candidates, open, analyse, close.")
PATH = "/improvements"


def _said(done: dict[str, dict[str, str]]) -> str:
    return f"{done['improvement']['id']}: {done['improvement']['state']}. {done['words']}"


add_list(improvement, PATH, {"id": "improvement.id", "action": "improvement.title", "owner": "improvement.owner",
                             "due": "improvement.due_at", "state": "improvement.state", "benefit": "verdict"},
         empty="There is no improvement.", about="List improvements by their date.")  # fmt: skip
add_show(improvement, PATH)
add_deed(
    improvement, "propose", PATH, about="Write one down: title, owner, due_at, origin, measure, counted …", told=_said
)
for name, about in (
    ("agree", "Agree to it."),
    ("begin", "It is being done."),
    ("finish", "It is done."),
    ("drop", "It is not done."),
):
    add_deed(improvement, name, f"{PATH}/{{id}}/{name}", about=f"{about} note=…", told=_said)
add_deed(improvement, "edit", f"{PATH}/{{id}}", method="patch", told=_said,
         about="Put right, until it is done: title=… owner=… due_at=… why=… note=…")  # fmt: skip
add_deed(
    improvement,
    "measure",
    f"{PATH}/{{id}}/measure",
    about="What was found: value=… evidence=…; never one's own.",
    told=_said,
)

add_list(problem, "/problems", {"id": "id", "problem": "title", "state": "state", "owner": "owner", "since": "made_at"},
         empty="There is no problem.", about="List problems.")  # fmt: skip
add_list(problem, "/problems/candidates", {"candidate": "key", "times": "count", "a year": "cost", "at least": "cost_low",
                                           "at most": "cost_high", "worth": "worth"}, empty="Nothing comes again often enough.",
         name="candidates", about="What is worth a problem, ranked.")  # fmt: skip
add_show(problem, "/problems")
add_deed(problem, "open", "/problems", about="Open one: title=… candidate=…, or service=… need=…")
add_deed(problem, "analyse", "/problems/{id}/analysis", lists=("symptoms",), method="put",
         about="What is known: cause=… workaround=… symptoms=… review=…")  # fmt: skip
add_deed(problem, "link", "/problems/{id}/cases", about="It is behind this case, too: case=12 why=…")
add_deed(problem, "unlink", "/problems/{id}/cases/part", about="It is not behind this case: case=12 why=…")
add_deed(problem, "close", "/problems/{id}/close", about="It is over: reason=…; drop=true: not worth it any more.")
