"""Signing in by an identity provider: code flow with PKCE, state bound to the browser, and roles from groups."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt

from tickless.domain.errors import Forbidden, Unauthenticated
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.doors.entrance.accounts import plain_login
from tickless.doors.entrance.directory_roles import roles_of_groups
from tickless.doors.entrance.entrance import Entrance, Opened
from tickless.doors.entrance.oidc_provider import Provider, Tokens
from tickless.doors.entrance.oidc_tokens import challenge_of, check_logout, check_sign_in, groups_in, refused
from tickless.journal import Tx
from tickless.journal.access import OneTime, Role, User
from tickless.kit.ids import new_id

COOKIE = "tickless_oidc"
RETURN = "/sign-in/oidc/return"
LASTS = dt.timedelta(minutes=10)
KIND = "oidc"


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Arrived:
    """Somebody came back and is known."""

    opened: Opened
    wish: str


class OidcSignIn:
    """Methods block. `home`: where people's browsers reach this house; empty: as they said themselves."""

    def __init__(self, entrance: Entrance, provider: Provider, *, home: str = "") -> None:
        self._entrance = entrance
        self._provider = provider
        self._home = home.rstrip("/")
        self.settings = provider.settings

    def _redirect(self, base: str) -> str:
        return (self._home or base.rstrip("/")) + RETURN

    def begin(self, *, base: str, wish: str) -> Begun:
        """`base`: scheme and host of the request, whose name is among ours. Raises `Unreachable`."""
        about, now = self._provider.about(), self._entrance.clock.now()
        state, nonce, verifier, cookie = (secrets.token_urlsafe(32) for _ in range(4))
        redirect = self._redirect(base)
        kept = {"nonce": nonce, "verifier": verifier, "browser": _hash(cookie), "wish": wish, "redirect": redirect}
        with self._entrance.journal.write() as tx:
            tx.access.add_one_time(OneTime(_id(state), KIND, None, "", json.dumps(kept), 0, now, now + LASTS))
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect,
            "scope": " ".join(self.settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if self.settings.max_age is not None:
            query["max_age"] = str(self.settings.max_age)
        if self.settings.acr:
            query["acr_values"] = " ".join(self.settings.acr)
        joint = "&" if "?" in about.authorize else "?"
        return Begun(about.authorize + joint + urlencode(query), cookie)

    def arrive(self, answer: Mapping[str, str], *, cookie: str, address: str, agent: str = "") -> Arrived:
        """Take what the browser brings back. Raises `Unauthenticated`, `Forbidden` (nobody we know, or without a role)."""
        kept = self._take_state(answer.get("state", ""), cookie)
        about = self._provider.about()
        if answer.get("iss", self.settings.issuer if not about.names_itself else "") != self.settings.issuer:
            raise refused("the answer is another provider's")
        if "error" in answer or not answer.get("code"):
            raise refused(f"the provider said {Untrusted(answer.get('error', 'nothing')).tame(80)}")
        tokens = self._provider.exchange(answer["code"], verifier=kept["verifier"], redirect=kept["redirect"])
        claims = self._provider.read(tokens.id_token)
        check_sign_in(
            claims,
            nonce=kept["nonce"],
            access_token=tokens.access_token,
            algorithm=str(jwt.get_unverified_header(tokens.id_token)["alg"]),
            max_age=self.settings.max_age,
            acr=self.settings.acr,
            now=self._entrance.clock.now(),
        )
        claims = self._completed(claims, tokens)
        with self._entrance.journal.write() as tx:
            user = self._user(tx, claims)
            opened = self._entrance.open(tx, user, how="oidc", address=address, agent=agent)
        return Arrived(opened, kept["wish"])

    def _take_state(self, state: str, cookie: str) -> dict[str, str]:
        """What was kept for this state: once, in time, in the same browser."""
        now = self._entrance.clock.now()
        with self._entrance.journal.write() as tx:
            found = tx.access.one_time(_id(state), lock=True)
            fresh = found is not None and found.kind == KIND and found.used_at is None and found.expires_at > now
            if found is None or not fresh:
                raise refused("nobody began this sign-in here")
            tx.access.use_one_time(found.id, at=now)
            kept: dict[str, str] = json.loads(found.cipher)
        if not hmac.compare_digest(kept["browser"], _hash(cookie)):
            raise refused("this sign-in was begun in another browser")
        return kept

    def _completed(self, claims: dict[str, Any], tokens: Tokens) -> dict[str, Any]:
        """With what the provider tells elsewhere, where the token lacks something that we look at. The token wins."""
        wanted = {"email": "email", "username": "preferred_username"}.get(self.settings.match)
        lacks_groups = bool(self.settings.groups) and not groups_in(claims, self.settings.groups_claim)
        if lacks_groups or (wanted is not None and wanted not in claims):
            return {**self._provider.more_about(tokens, claims["sub"]), **claims}
        return claims

    # Whose account is it?

    def _user(self, tx: Tx, claims: Mapping[str, Any]) -> User:
        identity = f"{self.settings.issuer} {claims['sub']}"
        known = tx.access.external(identity)
        user = tx.access.users.get(known) if known else None
        if user is None:
            user = self._newly(tx, claims)
            tx.access.tie_external(identity, user.id, at=self._entrance.clock.now())
            self._note(tx, user, "user.tied", {"issuer": self.settings.issuer})
        person = tx.people.get(user.person) if user.person else None
        if not user.active or user.kind != "person" or (person is not None and not person.active):
            raise Forbidden("this account is switched off", mend="ask an administrator")
        groups = groups_in(claims, self.settings.groups_claim)
        wanted: tuple[Role, ...] = tuple(dict.fromkeys(
            (*self.settings.everybody, *(role for group in groups for role in self.settings.groups.get(group, ())),
             *roles_of_groups(person.groups if person else (), self._entrance.settings.scim_groups))
        ))  # fmt: skip
        changed = user.with_roles(of_groups=wanted)
        if not changed.roles:
            raise Forbidden("your account has no role here", mend="ask an administrator which group it takes")
        if changed != user:
            tx.access.users.put(changed)
            detail = {"from": list(user.roles), "to": list(changed.roles), "of_groups": list(wanted)}
            self._note(tx, changed, "user.roles", detail)
        return changed

    def _newly(self, tx: Tx, claims: Mapping[str, Any]) -> User:
        """Somebody who signs in so for the first time: who they are on record, and their account there, or a new one."""
        person = self._person(tx, claims)
        if person is None or not person.active or person.employment == "service":
            raise Forbidden("nobody on record is called so", mend="ask an administrator to put you on record")
        accounts = [user for user in tx.access.users.by(person=person.id) if user.kind == "person"]
        if accounts:
            return accounts[0]
        if not self.settings.create:
            raise Forbidden("you have no account here", mend="ask an administrator for one")
        login = plain_login(person.username)
        if tx.access.user_by_login(login) is not None:
            login = f"{login}-{person.id}"[:100]
        made = User(id=new_id("usr"), login=login, person=person.id, roles=(), by_hand=())
        tx.access.users.put(made)
        self._note(tx, made, "user.create", {"roles": [], "person": person.id, "by": "sign-in"})
        return made

    def _person(self, tx: Tx, claims: Mapping[str, Any]) -> Person | None:
        """Exactly one active person with that verified address or user name; else nobody."""
        if self.settings.match == "email":
            email = claims.get("email")
            if not isinstance(email, str) or claims.get("email_verified") is not True:
                raise Forbidden("your address was not verified by the identity provider")
            table = tx.people.table.c
            found = [one for one in tx.people.where(table.email.in_([email, email.lower()])) if one.active]
        elif self.settings.match == "username":
            found = [
                one for one in tx.people.by(username=str(claims.get("preferred_username", "")).lower()) if one.active
            ]
        else:
            found = []
        return found[0] if len(found) == 1 else None

    def _note(self, tx: Tx, user: User, action: str, detail: Mapping[str, Any]) -> None:
        at = self._entrance.clock.now()
        tx.audit.append(
            at=at, actor="sign-in", action=action, subject=f"user:{user.login}", detail=detail, person=user.person
        )

    # Signing out

    def sign_out_address(self, *, base: str) -> str | None:
        """Where the browser goes to sign out there, too; None where the provider has no such place."""
        end = self._provider.about().end_session
        if end is None:
            return None
        back = (self._home or base.rstrip("/")) + "/sign-in"
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return end + ("&" if "?" in end else "?") + urlencode(query)

    def signed_out_elsewhere(self, logout_token: str) -> int:
        """The provider says that somebody signed out: their sessions here end. Returns how many. Raises `Unauthenticated`."""
        claims = self._provider.read(logout_token)
        check_logout(claims)
        now = self._entrance.clock.now()
        once = OneTime(_id(f"logout {claims['jti']}"), KIND, None, "", "{}", 0, now, now + LASTS, now)
        with self._entrance.journal.write() as tx:
            if not tx.access.add_one_time(once):
                raise Unauthenticated("this was said already")
            known = tx.access.external(f"{self.settings.issuer} {claims['sub']}")
            user = tx.access.users.get(known) if known else None
            ended = tx.access.end_sessions(user.id) if user else 0
            if user is not None:
                self._note(tx, user, "session.end", {"sessions": ended})
        return ended


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _id(state: str) -> str:
    return f"oidc_{_hash(state)[:40]}"
