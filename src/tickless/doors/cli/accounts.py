"""`tickless token …`, `user …`, `person …`."""

from __future__ import annotations

from typing import Annotated

import typer

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import AsJson, Limit, print_json, session_of, tell, usage

token = typer.Typer(no_args_is_help=True, help="API tokens: create, list, revoke.")
user = typer.Typer(no_args_is_help=True, help="Accounts: list, create, link, password.")
person = typer.Typer(no_args_is_help=True, help="People: find the right one.")
Login = Annotated[str, typer.Argument(help="The account's login.")]


@token.command("create")
def create_token(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str], typer.Option("--scope", "-s", help="signals:write, read, act, ask_as, provision, admin.")
    ],
    for_user: Annotated[str | None, typer.Option("--user", help="Login it acts for. Default: yourself.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="May only send as this source.")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Runs out after so many days.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create an API token. It is shown this once."""
    body = {"name": name, "scopes": scope, "user": for_user, "source": source, "expires_in_days": days}
    with session_of(context).api() as api:
        made = api.post("/tokens", {key: value for key, value in body.items() if value is not None})
    if as_json:
        print_json(made)
    else:
        typer.echo(made["token"])
        typer.echo("Keep it safe: it is not shown again.", err=True)


@token.command("list")
def list_tokens(context: typer.Context, as_json: AsJson = False) -> None:
    """List tokens, without the tokens themselves."""
    with session_of(context).api() as api:
        page = api.get("/tokens")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["id"], one["name"], one["scopes"], one["source"], moment(one["created_at"]), moment(one["expires_at"]),
         moment(one["used_at"]))
        for one in page["items"]
    ]  # fmt: skip
    columns = ["id", "name", "scopes", "source", "created", "runs out", "last used"]
    show_table(columns, rows, empty="There are no tokens.")


@token.command("revoke")
def revoke(
    context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ID", help="Of the token.")]
) -> None:
    """End a token at once."""
    with session_of(context).api() as api:
        api.delete(f"/tokens/{part(identity)}")
    line(f"{identity} is revoked")


@user.command("list")
def list_users(context: typer.Context, as_json: AsJson = False) -> None:
    """List accounts."""
    with session_of(context).api() as api:
        page = api.get("/users")
    if as_json:
        print_json(page)
        return
    rows = [
        (one["login"], one["kind"], one["roles"], one["person"] or one["owner"], one["active"], one["has_password"])
        for one in page["items"]
    ]
    show_table(["login", "for", "roles", "person", "active", "password"], rows, empty="There are no accounts.")


@user.command("create")
def create_user(
    context: typer.Context,
    login: Login,
    *,
    role: Annotated[list[str], typer.Option("--role", help="employee, operator, approver, auditor, admin.")],
    belongs_to: Annotated[str | None, typer.Option("--person", help="Id of the person it belongs to.")] = None,
    owner: Annotated[
        str | None, typer.Option("--service-of", help="For a program: id of the person who answers for it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create an account. It signs in by link until it gets a password; a program's never does, and shows tokens."""
    body: dict[str, object] = {"login": login, "roles": role, "person": belongs_to, "owner": owner}
    body["service"] = True if owner else None
    with session_of(context).api() as api:
        made = api.post("/users", {key: value for key, value in body.items() if value is not None})
    following = "tickless token create NAME --user" if owner else "tickless user link"
    if as_json:
        print_json(made)
    else:
        line(f"{made['login']} is created; next: {following} {made['login']}")


@user.command("link")
def link(context: typer.Context, login: Login, as_json: AsJson = False) -> None:
    """Make a sign-in link that works once, for a few minutes."""
    with session_of(context).api() as api:
        made = api.post(f"/users/{part(login)}/link")
        address, later = api.address, api.later
    if as_json:
        print_json(made)
        return
    typer.echo(address + made["path"])
    if later:
        tell("no server runs yet", mend="start it with `tickless serve`; the link holds for a few minutes")


@user.command("password")
def password(context: typer.Context, login: Login) -> None:
    """Set a password; it is asked for, or read from a pipe."""
    given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not given:
        raise usage("an empty password is none")
    with session_of(context).api() as api:
        api.put(f"/users/{part(login)}/password", {"password": given})
    line(f"{login} has a new password")


@person.command("find")
def find_person(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Part of a name, user name or e-mail address.")],
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Find people."""
    with session_of(context).api() as api:
        page = api.get("/people", q=query, limit=limit)
    if as_json:
        print_json(page)
        return
    rows = [(one["id"], one["username"], one["name"], one["department"], one["email"]) for one in page["items"]]
    show_table(["id", "user name", "name", "department", "e-mail"], rows, empty=f"Nobody is called {query!r}.")
