"""What the protocol's library reads and writes: entries in the journal, and the people and accounts that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from scim2_models import (
    EnterpriseUser,
    Group,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
    User,
)
from scim2_server.memory import InMemoryStorage
from scim2_server.storage import ScimStorage, SearchPage

from tickless.domain.person import Person
from tickless.doors.entrance.directory_roles import roles_of_groups
from tickless.doors.scim.people import said_of
from tickless.journal import Tx
from tickless.journal.access import Role
from tickless.journal.entries import Entry, shelf
from tickless.kit.ids import new_id
from tickless.practices.people.provisioning import as_person, person_for, put_provisioned

MOST = 100_000
SERVICE = "service"


class JournalStorage(ScimStorage):
    """For one request, inside one transaction. `by`: whose token it is."""

    def __init__(self, tx: Tx, *, by: str, at: dt.datetime, groups: Mapping[str, tuple[Role, ...]]) -> None:
        self._tx = tx
        self._by = by
        self._at = at
        self._roles = groups
        self._entries = shelf(tx.connection)
        self.changed_people = False

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        return self._resource(self._need(resource_type, resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        kinds = [str(one.name) for one in resource_types]
        found = self._entries.where(self._entries.table.c.kind.in_(kinds), limit=MOST)
        memory = InMemoryStorage()
        memory.resources = [self._resource(one) for one in found]
        return memory.search(resource_types, search_request, position=position)

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        kind = str(resource_type.name)
        made = Entry(
            id=new_id("scm"), kind=kind, name=_name(resource), external=resource.external_id, created=self._at,
            changed=self._at, resource={},
        )  # fmt: skip
        return self._put(made, resource, "scim.create")

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        before = self._need(resource_type, str(resource.id), expected=expected_version)
        after = before.model_copy(
            update={
                "name": _name(resource),
                "external": resource.external_id,
                "changed": self._at,
                "revision": before.revision + 1,
            }
        )
        return self._put(after, resource, "scim.update", before=before)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """The entry goes; a person stays on record and is made inactive."""
        found = self._need(resource_type, resource_id, expected=expected_version)
        self._entries.delete(found.id)
        self._note("scim.delete", found)
        if found.kind == "Group":
            self._regroup(self._members(found), dropped=frozenset({_shown(found)}))
            return
        person = self._tx.people.get(found.person) if found.person else None
        if person is not None:
            put_provisioned(self._tx, person.model_copy(update={"active": False}), before=person, at=self._at)
            self._follow(person.id, active=False)
        for group in self._entries.by(kind="Group", limit=MOST):
            kept = [one for one in group.resource.get("members") or () if one.get("value") != found.id]
            if len(kept) != len(group.resource.get("members") or ()):
                body = {**group.resource, "members": kept}
                changes = {"resource": body, "changed": self._at, "revision": group.revision + 1}
                self._entries.put(group.model_copy(update=changes))

    # Entries

    def _need(self, resource_type: ResourceType, identity: str, *, expected: str | None = None) -> Entry:
        found = self._entries.get(identity, lock=True)
        if found is None or found.kind != resource_type.name:
            raise NotFoundException(detail=f"there is no {resource_type.name} {identity[:80]!r}")
        if expected is not None and expected != _version(found):
            raise PreconditionFailedException
        return found

    def _put(self, entry: Entry, resource: Resource[Any], action: str, *, before: Entry | None = None) -> Resource[Any]:
        same = [one for one in self._entries.by(kind=entry.kind, name=entry.name) if one.id != entry.id]
        if same or not entry.name:
            raise UniquenessException(detail="that name is taken")
        body = resource.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"meta", "id"})
        body.pop("password", None)
        body.pop("groups", None)
        entry = entry.model_copy(update={"resource": body})
        if isinstance(resource, Group):
            self._check_members(entry)
            self._entries.put(entry)
            gone = self._members(before) if before else frozenset()
            self._regroup(gone | self._members(entry), dropped=frozenset({_shown(before)} if before else ()))
        else:
            entry = self._put_person(entry, resource)
            self._entries.put(entry)
        self._note(action, entry)
        return self._resource(entry)

    def _resource(self, entry: Entry) -> Resource[Any]:
        model: type[Resource[Any]] = Group if entry.kind == "Group" else User[EnterpriseUser]
        body = dict(entry.resource)
        if entry.kind == "User":
            body["groups"] = [
                {"value": group.id, "display": _shown(group), "$ref": f"Groups/{group.id}", "type": "direct"}
                for group in self._groups_of(entry.id)
            ] or None
        made = model.model_validate({**body, "id": entry.id})
        made.meta = Meta(
            resource_type=entry.kind, created=entry.created, last_modified=entry.changed, version=_version(entry)
        )
        return made

    # People

    def _put_person(self, entry: Entry, resource: Resource[Any]) -> Entry:
        assert isinstance(resource, User)
        people = {one.id: one for one in self._tx.people.where(limit=MOST)}
        said = said_of(resource, person_of=self._person_of)
        before = people.get(entry.person) if entry.person else person_for(said, people.values())
        if before is not None and before.employment == SERVICE:
            raise InvalidValueException(detail="that is a service account on record")
        person = as_person(said, before=before, groups=self._groups_now(entry.id, before), taken=people)
        names = {one.username.casefold() for one in people.values() if one.id != person.id}
        addresses = {one.email.casefold() for one in people.values() if one.id != person.id and one.email}
        if person.username.casefold() in names or person.email.casefold() in addresses:
            raise UniquenessException(detail="that user name or address belongs to somebody else")
        self.changed_people |= put_provisioned(self._tx, person, before=before, at=self._at)
        self._follow(person.id, active=person.active, back=before is not None and not before.active)
        return entry.model_copy(update={"person": person.id})

    def _groups_now(
        self, user: str, person: Person | None, *, dropped: frozenset[str] = frozenset()
    ) -> tuple[str, ...]:
        """The groups of the directory, after those that somebody else put on record."""
        ours = {_shown(one) for one in self._groups()} | dropped
        others = [one for one in (person.groups if person else ()) if one not in ours]
        return tuple(dict.fromkeys((*others, *(_shown(one) for one in self._groups_of(user)))))

    def _follow(self, person: str, *, active: bool, back: bool = False) -> None:
        """The accounts of a person: off with the person, on again when they come back, and with the roles of their groups."""
        record = self._tx.people.need(person)
        wanted = roles_of_groups(record.groups, self._roles)
        for user in self._tx.access.users.by(person=person):
            if user.kind != "person":
                continue
            changed = user.model_copy(update={"active": active and (user.active or back)})
            if self._roles:
                changed = changed.with_roles(of_groups=wanted)
            if changed == user:
                continue
            self._tx.access.users.put(changed)
            ended = 0 if active else self._tx.access.end_sessions(user.id) + self._tx.access.revoke_tokens_of(user.id)
            detail = {"roles": list(changed.roles), "active": changed.active, "ended": ended}
            self._tx.audit.append(
                at=self._at,
                actor=self._by,
                action="user.directory",
                subject=f"user:{user.login}",
                detail=detail,
                person=person,
            )

    def _person_of(self, user: str) -> str | None:
        found = self._entries.get(user)
        return found.person if found else None

    # Groups

    def _groups_of(self, user: str) -> list[Entry]:
        return [one for one in self._groups() if any(m.get("value") == user for m in one.resource.get("members") or ())]

    def _groups(self) -> list[Entry]:
        return self._entries.by(kind="Group", limit=MOST)

    @staticmethod
    def _members(group: Entry) -> frozenset[str]:
        return frozenset(str(one.get("value")) for one in group.resource.get("members") or ())

    def _check_members(self, group: Entry) -> None:
        for member in self._members(group):
            if self._entries.get(member) is None:
                raise InvalidValueException(detail=f"there is no member {member[:80]!r}")

    def _regroup(self, users: frozenset[str], *, dropped: frozenset[str]) -> None:
        """What people's groups are now that a group changed."""
        for user in sorted(users):
            entry = self._entries.get(user)
            person = self._tx.people.get(entry.person) if entry and entry.person else None
            if person is None:
                continue
            changed = person.model_copy(update={"groups": self._groups_now(user, person, dropped=dropped)})
            self.changed_people |= put_provisioned(self._tx, changed, before=person, at=self._at)
            self._follow(person.id, active=person.active)

    def _note(self, action: str, entry: Entry) -> None:
        detail = {"kind": entry.kind, "name": entry.name, "person": entry.person}
        subject = f"scim:{entry.id}"
        self._tx.audit.append(
            at=self._at, actor=self._by, action=action, subject=subject, detail=detail, person=entry.person
        )


def _shown(group: Entry) -> str:
    return str(group.resource.get("displayName"))


def _version(entry: Entry) -> str:
    return f'W/"{entry.revision}"'


def _name(resource: Resource[Any]) -> str:
    """What no two of a kind share."""
    found = resource.display_name if isinstance(resource, Group) else getattr(resource, "user_name", None)
    return str(found or "").strip().casefold()[:300]
