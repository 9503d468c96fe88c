"""Who is in the house of T3: people, their second accounts, and which of them are one human. Written for the bench."""

from __future__ import annotations

from functools import cache

from tickless.domain.person import App, Person
from tickless.domain.runbook import Runbook
from tickless.journal.access import Role

BOARD = "change-board"
HUMANS = {"ana-admin": "ana", "ana-bot": "ana", "mia-admin": "mia", "gil-alt": "gil"}
"""Account → the human behind it; everybody else is themselves."""
ROLES: dict[str, tuple[Role, ...]] = {
    "desk": ("employee", "operator"), "root": ("employee", "admin"), "gus": ("employee", "approver"),
    "max": ("employee", "approver"), "otto": ("employee", "approver"), "ana-admin": ("employee", "approver"),
}  # fmt: skip
REQUIRED: dict[str, tuple[tuple[str, int], ...]] = {
    "manager": (("manager", 1),),
    "app_owner": (("app_owner", 1),),
    "manager_and_owner": (("manager", 1), ("app_owner", 1)),
    "two_of_group": ((f"group:{BOARD}:2", 2),),
    "two_approvers": (("role:approver:2", 2),),
    "halfway_manager": (("step:manager", 1),),
    "halfway_two": ((f"step:group:{BOARD}:2", 2),),
}
"""What each procedure wants: role, and how many different humans."""


HALFWAY: dict[str, str] = {"halfway_manager": "manager", "halfway_two": f"group:{BOARD}:2"}
"""Those that begin unasked, and ask on their way."""


def human(account: str) -> str:
    return HUMANS.get(account, account)


def need(wants: str) -> str:
    """Id of the procedure that wants this, and the need that leads to it."""
    return f"t3.{wants.replace('_', '-')}"


def people() -> list[Person]:
    """`manager` above each; a phone or a mailbox is shared only by accounts of one human."""
    above = {"ana": "mia", "bob": "mia", "eve": "mia", "mia": "max", "ana-admin": "mia", "ana-bot": "mia"}
    board = {"gus", "gil", "gia", "ana-admin", "ana-bot", "mia-admin", "gil-alt"}
    names = ["ana", "ana-admin", "ana-bot", "bob", "mia", "mia-admin", "max", "olga", "otto", "desk", "root", "gus", "gil",
             "gia", "gil-alt", "dan", "eve"]  # fmt: skip
    phones = {name: f"+49 30 55501{index:02}" for index, name in enumerate(names)}
    phones["mia-admin"] = phones["mia"].replace(" ", "")
    mails = {name: f"{name}@larkmoor.example" for name in names} | {"gil-alt": "Gil+board@larkmoor.example"}
    return [
        Person(
            id=name, username=f"{name}.login", name=name.title(), email=mails[name], phone=phones[name], department="IT",
            manager=above.get(name, None if name == "max" else "max"), groups=(BOARD,) if name in board else (),
            employment="service" if name == "ana-bot" else "employee",
            belongs_to={"ana-admin": "ana", "ana-bot": "ana.login"}.get(name),
        )
        for name in names
    ]  # fmt: skip


def apps() -> list[App]:
    return [App(id="crm", name="Crm", owner="olga"), App(id="erp", name="Erp", owner="otto")]


@cache
def runbooks(revision: str) -> dict[str, Runbook]:
    """One procedure for each way to want a yes."""
    by: dict[str, object] = {
        "manager": "manager", "app_owner": "app_owner", "manager_and_owner": ["manager", "app_owner"],
        "two_of_group": f"group:{BOARD}:2", "two_approvers": "role:approver:2",
    }  # fmt: skip
    by |= dict.fromkeys(HALFWAY, "none")
    return {need(name): _runbook(need(name), wants, revision) for name, wants in by.items()}


def _runbook(name: str, wants: object, revision: str) -> Runbook:
    asks = [
        {"id": "agree", "approve": {"by": by, "text": "Shall it be?"}}
        for one, by in HALFWAY.items()
        if need(one) == name
    ]
    return Runbook.model_validate(
        {
            "runbook": name, "revision": revision, "title": "Give access", "description": "For T3.", "owner": "desk",
            "kind": "request", "serves": {"intents": [name]}, "effect": "change", "undo": "steps",
            "inputs": {"person": {"type": "person", "from": "requester"}, "app": {"type": "app", "from": "message"}},
            "subject": "app:${{ inputs.app.id }}", "approval": {"by": wants}, "requires": {},
            "steps": [*asks, {"id": "tell", "say": "Done."}], "verify": [],
            "value": {"minutes_saved": 1, "basis": "none"}, "tests": [],
        }
    )  # fmt: skip
