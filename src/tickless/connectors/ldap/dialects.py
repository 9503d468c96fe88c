"""How directories differ: where locks, expiry and disabling are kept. Pure.

OpenLDAP: draft-behera-ldap-password-policy-10 as the `ppolicy` overlay has it. Active Directory: `lockoutTime`,
`userAccountControl`, `pwdLastSet`, `unicodePwd` (MS-ADTS 3.1.1.3.1.5 and 2.2.16).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tickless.connectors.ldap.entries import Change, Entry, filetime, generalized_time
from tickless.sdk.capabilities.directory import NewAccount

FOR_GOOD = "000001010000Z"
"""Value of pwdAccountLockedTime that means: locked by an administrator, for good."""
DISABLED = 0x2
NORMAL = 0x200
LOCKED_OUT = 0x10
PASSWORD_EXPIRED = 0x800000


@dataclass(frozen=True)
class Policy:
    """What of the password policy matters here; 0: for ever."""

    lockout_seconds: int = 0
    max_age_seconds: int = 0


@dataclass(frozen=True)
class Standing:
    """How an account stands."""

    enabled: bool
    locked: bool
    locked_since: dt.datetime | None = None
    password_expired: bool = False
    password_changed_at: dt.datetime | None = None
    must_change_password: bool = False


class Dialect(Protocol):
    """One way of keeping accounts. Changes are plain data for the client to apply."""

    login_attribute: str
    attributes: Sequence[str]

    def standing(self, entry: Entry, *, policy: Policy, now: dt.datetime) -> Standing: ...

    def unlock(self) -> list[Change]: ...

    def set_enabled(self, entry: Entry, *, enabled: bool) -> list[Change]: ...

    def set_password(self, password: str) -> list[Change] | None:
        """None: the directory takes passwords by the modify-password operation (RFC 3062)."""

    def after_password(self, *, must_change: bool) -> list[Change]: ...

    def new_account(self, account: NewAccount) -> tuple[str, dict[str, str]]:
        """What names a new entry, and its attributes besides; where the directory can say so, it is disabled from the start."""


class OpenLdap:
    """OpenLDAP with the `ppolicy` overlay."""

    login_attribute = "uid"
    attributes: Sequence[str] = ("pwdAccountLockedTime", "pwdChangedTime", "pwdReset", "pwdPolicySubentry")

    def standing(self, entry: Entry, *, policy: Policy, now: dt.datetime) -> Standing:
        mark = entry.text("pwdAccountLockedTime")
        since = generalized_time(mark)
        changed = generalized_time(entry.text("pwdChangedTime"))
        return Standing(
            enabled=mark != FOR_GOOD,
            locked=bool(mark) and mark != FOR_GOOD and not _over(since, policy.lockout_seconds, now),
            locked_since=since if mark != FOR_GOOD else None,
            password_expired=_over(changed, policy.max_age_seconds, now),
            password_changed_at=changed,
            must_change_password=entry.text("pwdReset").upper() == "TRUE",
        )

    def unlock(self) -> list[Change]:
        return [Change("pwdAccountLockedTime")]

    def set_enabled(self, entry: Entry, *, enabled: bool) -> list[Change]:
        return [Change("pwdAccountLockedTime", () if enabled else (FOR_GOOD.encode(),))]

    def set_password(self, password: str) -> list[Change] | None:
        return None

    def after_password(self, *, must_change: bool) -> list[Change]:
        return [Change("pwdReset", (b"TRUE",) if must_change else ())]

    def new_account(self, account: NewAccount) -> tuple[str, dict[str, str]]:
        return "uid", {"objectClass": "inetOrgPerson", "uid": account.username, "cn": account.display_name,
                       "departmentNumber": account.department, **_of_a_person(account)}  # fmt: skip


class ActiveDirectory:
    """Active Directory, over TLS only: it takes passwords no other way."""

    login_attribute = "sAMAccountName"
    attributes: Sequence[str] = (
        "userAccountControl",
        "msDS-User-Account-Control-Computed",
        "lockoutTime",
        "pwdLastSet",
    )

    def standing(self, entry: Entry, *, policy: Policy, now: dt.datetime) -> Standing:
        computed = entry.number("msDS-User-Account-Control-Computed")
        knows = bool(entry.text("msDS-User-Account-Control-Computed"))  # it takes the lockout's duration into account
        since = filetime(entry.number("lockoutTime"))
        locked = bool(computed & LOCKED_OUT) if knows else since is not None
        return Standing(
            enabled=not entry.number("userAccountControl") & DISABLED,
            locked=locked,
            locked_since=since if locked else None,
            password_expired=bool(computed & PASSWORD_EXPIRED),
            password_changed_at=filetime(entry.number("pwdLastSet")),
            must_change_password=entry.text("pwdLastSet") == "0",
        )

    def unlock(self) -> list[Change]:
        return [Change("lockoutTime", (b"0",))]

    def set_enabled(self, entry: Entry, *, enabled: bool) -> list[Change]:
        flags = entry.number("userAccountControl")
        flags = flags & ~DISABLED if enabled else flags | DISABLED
        return [Change("userAccountControl", (str(flags).encode(),))]

    def set_password(self, password: str) -> list[Change] | None:
        return [Change("unicodePwd", (f'"{password}"'.encode("utf-16-le"),))]

    def after_password(self, *, must_change: bool) -> list[Change]:
        return [Change("pwdLastSet", (b"0" if must_change else b"-1",))]

    def new_account(self, account: NewAccount) -> tuple[str, dict[str, str]]:
        return "cn", {"objectClass": "user", "cn": account.username, "sAMAccountName": account.username,
                      "userPrincipalName": account.email, "userAccountControl": str(NORMAL | DISABLED),
                      "department": account.department, **_of_a_person(account)}  # fmt: skip


def dialect_of(name: Literal["openldap", "active_directory"]) -> Dialect:
    """The dialect that the settings name."""
    return OpenLdap() if name == "openldap" else ActiveDirectory()


def _of_a_person(account: NewAccount) -> dict[str, str]:
    return {"sn": account.family_name, "givenName": account.given_name, "displayName": account.display_name,
            "mail": account.email, "title": account.title, "l": account.location}  # fmt: skip


def _over(since: dt.datetime | None, seconds: int, now: dt.datetime) -> bool:
    return since is not None and seconds > 0 and since + dt.timedelta(seconds=seconds) <= now
