"""Changes: whether they went well, and how many could not wait."""

from __future__ import annotations

from tickless.stages.measure.metrics.metric import NOTHING, Figure, Scope, metric


@metric(
    name="Change success",
    unit="share",
    level="tactical",
    better="up",
    group="change",
    owner="change manager",
    words=(
        "Changes made in the window after which nothing broke and nothing was taken back, by all of which "
        "that can be told."
    ),
    source="changes",
    missing="A change of which nobody can say yet is missing.",
    by_case=False,
    counter="emergency_changes",
    why_counter="Few careful changes go well, and the urgent ones pass by.",
)
def change_success(scope: Scope) -> Figure:
    if scope.material.changes is None:
        return NOTHING
    made = [one for one in scope.material.changes if scope.window.holds(one.at)]
    told = [one for one in made if one.success is not None]
    good = tuple((f"change:{one.id}", 1.0) for one in told if one.success)
    lacking = tuple(f"change:{one.id}" for one in made if one.success is None)
    return Figure(len(good) / len(told) if told else None, len(told), good, lacking)


@metric(
    name="Emergency changes",
    unit="share",
    level="tactical",
    better="down",
    group="change",
    owner="change manager",
    words="Changes made as emergencies in the window, by all changes made.",
    source="changes",
    missing="Where no changes are kept there is no figure.",
    by_case=False,
    counter="change_success",
    why_counter="An emergency that is called normal takes the same shortcuts.",
)
def emergency_changes(scope: Scope) -> Figure:
    if scope.material.changes is None:
        return NOTHING
    made = [one for one in scope.material.changes if scope.window.holds(one.at) and one.kind != "deploy"]
    urgent = tuple((f"change:{one.id}", 1.0) for one in made if one.kind == "emergency")
    return Figure(len(urgent) / len(made) if made else None, len(made), urgent)
