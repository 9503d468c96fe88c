"""What a visitor may use, as policy says: asked for every page and every call. Nothing is allowed that no policy permits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args

from tickless.domain.errors import Forbidden
from tickless.doors.entrance.visitor import Right, Visitor
from tickless.stages.decide.policy import PolicyEngine, Ruling
from tickless.stages.decide.policy_requests import Principal, Resource

RIGHTS: tuple[Right, ...] = get_args(Right)
REMEMBERED = 4_096


class Rights:
    """Safe to share between threads. Answers are remembered until other policies are in force."""

    def __init__(self, policy: PolicyEngine) -> None:
        self._policy = policy
        self._asked = lru_cache(maxsize=REMEMBERED)(self._ask)

    def of(self, visitor: Visitor) -> frozenset[Right]:
        """Every right that the visitor has somewhere: decides what is shown; each deed is asked for again."""
        return frozenset(right for right in RIGHTS if self.ruling(visitor, right).allowed)

    def require(self, visitor: Visitor, right: Right, *, deed: str) -> None:
        """Raises `Forbidden` with the policies' own reasons."""
        ruling = self.ruling(visitor, right, deed=deed)
        if not ruling.allowed:
            why = " ".join(reason.text for reason in ruling.reasons)
            raise Forbidden(f"you have no right to do that: {why}", detail=f"{visitor.actor}: {right} {deed}",
                            mend=f"ask an administrator for the right `{right}`")  # fmt: skip

    def ruling(self, visitor: Visitor, right: Right, *, deed: str = "") -> Ruling:
        """What policy says to this visitor's wish."""
        return self._asked(self._policy.digest, principal_of(visitor), right, deed, assurance_of(visitor))

    def _ask(self, digest: str, who: _Key, right: Right, deed: str, assurance: str) -> Ruling:
        return self._policy.may(
            principal=Principal(who.kind, who.id, who.attributes),
            action="use",
            resource=Resource.house(),
            context={"right": right, "deed": deed, "assurance": assurance},
        )


class _Key:
    """A principal that can be remembered by."""

    def __init__(self, principal: Principal) -> None:
        self.kind, self.id = principal.kind, principal.id
        self.attributes: Mapping[str, Any] = principal.attributes
        self._key = (self.kind, self.id, repr(sorted(self.attributes.items())))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._key == other._key


def principal_of(visitor: Visitor) -> _Key:
    """Who stands at the door, for policy: a token, a person with their account's roles, an account without a person, nobody."""
    user = visitor.user
    roles = frozenset(visitor.roles)
    if user is None:
        return _Key(Principal.nobody())
    if visitor.kind == "token":
        made = Principal.token(visitor.token or "", owner=user.login, roles=roles, scopes=visitor.scopes,
                               source=visitor.source or "")  # fmt: skip
        return _Key(made)
    if visitor.person is None:
        return _Key(Principal.account(f"user:{user.login}", roles=roles))
    known = Principal.person(visitor.person)
    return _Key(Principal("User", known.id, {**known.attributes, "roles": sorted(roles)}))


def assurance_of(visitor: Visitor) -> str:
    """How sure it is who stands there: a session and a token are keys of one's own."""
    return "none" if visitor.kind == "anonymous" else "signed_in"
