"""A forgotten password: the three steps that no description has to spell out."""

from __future__ import annotations

from tickless.stages.act.architect.lexicon import lexicon
from tickless.stages.act.architect.operating import Operating
from tickless.stages.act.architect.sketch import Done


def temporary_password(operating: Operating, condition: str | None) -> str:
    """A temporary password, by reference all the way: made, set, and its link given to its owner alone."""
    sketch, person = operating.sketch, operating.sketch.inputs.person()
    if any(one.doing.use == "directory.set_password" for one in sketch.done):
        return "done by the steps that make and set the password"
    doing = next(one for one in lexicon().doings if one.use == "directory.set_password")
    under = {"if": condition} if condition else {}
    operating.settle_yes()
    made = sketch.step(
        "secret",
        {
            "title": "Make a temporary password",
            **under,
            "uses": "tickless.temporary_password",
            "with": {
                "username": f"${{{{ inputs.{person}.username }}}}",
                "person": f"${{{{ inputs.{person}.id }}}}",
            },
            "undo": {"irreversible": "A password that is not used expires with its link."},
        },
    )
    given = {
        "username": f"${{{{ inputs.{person}.username }}}}",
        "password": f"${{{{ steps.{made}.reference }}}}",
        "must_change": True,
    }
    step = sketch.step(
        "set_password",
        {
            "title": "Set it, to be changed at the next sign-in",
            **under,
            "uses": "directory.set_password",
            "with": given,
            "undo": {"irreversible": doing.why},
        },
    )
    sketch.step(
        "give_link",
        {
            "title": "Give the link to its owner alone",
            **under,
            "uses": "tickless.notify_person",
            "with": {
                "person": f"${{{{ inputs.{person}.id }}}}",
                "text": f"Here is your temporary password. The link opens once: ${{{{ steps.{made}.link }}}}",
            },
            "undo": {"irreversible": "A message that was read cannot be unread."},
        },
    )
    sketch.lasting += [doing.why, "A password that is not used expires with its link."]
    sketch.verified_identity = True
    done = Done(step, doing, "directory.set_password", {"username": given["username"]}, condition)
    sketch.done.append(done)
    operating.prove(done)
    return "a temporary password by reference, set, its link for the person alone; read back by directory.account"
