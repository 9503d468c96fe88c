"""Dovecot's administration API (doc.dovecot.org: doveadm HTTP API): one POST, a list of commands, a list of answers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.connectors.dovecot.settings import Settings
from tickless.domain.errors import OutsideError, Rejected, Unreachable
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

NO_USER = 67
NOT_FOUND = 68
MIB_IN_KIB = 1024


@dataclass(frozen=True)
class Storage:
    """KiB used, and allowed; 0 allowed: no limit."""

    used: int
    limit: int


@dataclass(frozen=True)
class Doveadm:
    """One Dovecot. By its deadline, everything has to be answered."""

    http: HttpClient
    deadline: Deadline
    settings: Settings

    def storage(self, username: str) -> Storage | None:
        """How much mail somebody has; None when there is no such mailbox. Raises `Rejected` where there is no quota."""
        try:
            rows = self._ask("quotaGet", user=username)
        except _Ended as ended:
            if ended.status in {NO_USER, NOT_FOUND}:
                return None
            raise ended.error from None
        for row in rows:
            if row.get("type") == "STORAGE":
                return Storage(_number(row.get("value")), _number(row.get("limit")))
        raise Rejected("Dovecot keeps no quota for this mailbox", mend="turn the quota plugin on")

    def set_limit(self, username: str, megabytes: int) -> None:
        """Write somebody's limit into the dictionary."""
        uri, key = self.settings.quota_dict, self.settings.quota_key.replace("{username}", username)
        self._do("dictSet", dictUri=uri, key=key, value=str(megabytes))

    def old(self, username: str, mailbox: str, days: int) -> int:
        """How many messages of a folder were saved before so many days; 0 where there is no such folder."""
        try:
            return len(self._ask("search", user=username, query=_old(mailbox, days)))
        except _Ended as ended:
            if ended.status == NOT_FOUND:
                return 0
            raise ended.error from None

    def delete_old(self, username: str, mailbox: str, days: int) -> None:
        """Delete them."""
        self._do("expunge", user=username, query=_old(mailbox, days))

    def _do(self, command: str, **parameters: Any) -> None:
        try:
            self._ask(command, **parameters)
        except _Ended as ended:
            raise ended.error from None

    def _ask(self, command: str, **parameters: Any) -> list[Mapping[str, Any]]:
        body = [[command, parameters, "tickless"]]
        reply = self.http.send("POST", "/doveadm/v1", timeout=self.deadline.left(), json=body).json()
        answer = reply[0] if isinstance(reply, list) and reply else None
        if not isinstance(answer, list) or len(answer) < 2:
            raise Rejected("Dovecot did not answer with a list")
        kind, told = answer[0], answer[1]
        if kind == "error":
            raise _Ended(command, told if isinstance(told, Mapping) else {})
        return [row for row in told if isinstance(row, Mapping)] if isinstance(told, list) else []


class _Ended(Exception):
    """A command ended with a status of its own (sysexits)."""

    def __init__(self, command: str, told: Mapping[str, Any]) -> None:
        super().__init__(command)
        self.status = _number(told.get("exitCode"))
        self.error = self._translate(command)

    def _translate(self, command: str) -> OutsideError:
        detail = f"{command}: status {self.status}"
        if self.status in {NO_USER, NOT_FOUND}:
            return Rejected("Dovecot has no such mailbox", detail=detail)
        if self.status == 75:
            return Unreachable("Dovecot could not do that for now", detail=detail)
        return Rejected("Dovecot could not do that", detail=detail)


def connect(call: Call) -> Doveadm:
    """The Dovecot of the call's settings."""
    settings: Settings = call.settings
    key = base64.b64encode(call.secret(settings.api_key).encode()).decode()
    http = HttpClient(settings.url, headers={"authorization": f"X-Dovecot-API {key}"}, verify=settings.ca_file or True)
    return Doveadm(http, Deadline.within(call.timeout, who="Dovecot"), settings)


def _old(mailbox: str, days: int) -> list[str]:
    """Dovecot reckons in days; of no age at all is everything."""
    return ["mailbox", mailbox, *(["savedbefore", f"{days}d"] if days else ["all"])]


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
