"""One bound LDAP connection with a deadline. python-ldap is loaded when it is first needed: it is an extra."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tickless.connectors.ldap.entries import Change, Entry
from tickless.connectors.ldap.settings import Settings
from tickless.domain.errors import AuthFailed, OutsideError, Rejected, SettingsInvalid, Unreachable
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach_url

PAGE = 500
MOST_PAGES = 200


def library() -> Any:
    """The module `ldap`. Raises `SettingsInvalid` that says how to get it."""
    try:
        import ldap
    except ModuleNotFoundError as error:
        raise SettingsInvalid("LDAP needs python-ldap", mend="install tickless[ldap]") from error
    return ldap


@contextmanager
def connect(settings: Settings, *, password: str, timeout: float) -> Iterator[Directory]:
    """Bind, and unbind at the end. Everything in the block together takes at most `timeout` seconds.

    Raises `AuthFailed`, `Unreachable` or `Rejected`, here and from every method of what it yields.
    """
    reach_url(settings.url)
    ldap = library()
    deadline = Deadline.within(timeout, who="the directory")
    with translated(ldap):
        connection = ldap.initialize(settings.url)
        connection.set_option(ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3)
        connection.set_option(ldap.OPT_REFERRALS, 0)
        connection.set_option(ldap.OPT_NETWORK_TIMEOUT, timeout)
        connection.timeout = timeout
        _trust(ldap, connection, settings)
        try:
            if settings.start_tls:
                connection.start_tls_s()
            connection.simple_bind_s(settings.bind_dn, password)
            yield Directory(ldap, connection, deadline)
        finally:
            connection.unbind_s()


def _trust(ldap: Any, connection: Any, settings: Settings) -> None:
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    if settings.ca_file:
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, settings.ca_file)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)


class Directory:
    """What we ask of a directory. Searches see at most two entries: an ambiguous name is refused, never guessed."""

    def __init__(self, ldap: Any, connection: Any, deadline: Deadline) -> None:
        self._ldap = ldap
        self._connection = connection
        self._deadline = deadline

    def find(self, base: str, query: str, attributes: Sequence[str]) -> Entry | None:
        """The one entry below `base` that matches. Raises `Rejected` when several do."""
        found = self._search(base, self._ldap.SCOPE_SUBTREE, query, attributes, limit=2)
        if len(found) > 1:
            raise Rejected("the directory knows several entries by this name", detail=found[0].dn)
        return found[0] if found else None

    def find_all(self, base: str, query: str, attributes: Sequence[str]) -> list[Entry]:
        """Every entry below `base` that matches, page by page (RFC 2696), as far as the server lets us see."""
        from ldap.controls import SimplePagedResultsControl

        page = SimplePagedResultsControl(criticality=False, size=PAGE, cookie="")
        found: list[Entry] = []
        for _ in range(MOST_PAGES):
            with translated(self._ldap):
                timeout = self._remaining()
                message = self._connection.search_ext(
                    base, self._ldap.SCOPE_SUBTREE, query, list(attributes), serverctrls=[page], timeout=timeout
                )
                told = self._collect(message, found, timeout=timeout)
            cookie = next((one.cookie for one in told if one.controlType == page.controlType), b"")
            if not cookie:
                return found
            page.cookie = cookie
        raise Rejected("the directory has more entries than are read", detail=f"{MOST_PAGES * PAGE} and more")

    def read(self, dn: str, attributes: Sequence[str]) -> Entry | None:
        """One entry by its name."""
        found = self._search(dn, self._ldap.SCOPE_BASE, "(objectClass=*)", attributes, limit=1)
        return found[0] if found else None

    def _search(self, base: str, scope: int, query: str, attributes: Sequence[str], *, limit: int) -> list[Entry]:
        with translated(self._ldap):
            timeout = self._remaining()
            message = self._connection.search_ext(
                base, scope, query, list(attributes), timeout=timeout, sizelimit=limit
            )
            found: list[Entry] = []
            try:
                self._collect(message, found, timeout=timeout)
            except self._ldap.NO_SUCH_OBJECT:
                return []
            except self._ldap.SIZELIMIT_EXCEEDED:
                return found  # `find` asks for two to see whether there is one
            return found

    def _collect(self, message: int, found: list[Entry], *, timeout: float) -> list[Any]:
        """Take answers as they come, so that those before a size limit are not lost; referrals have no name. Gives the
        controls of the last answer."""
        while True:
            kind, data, _, controls = self._connection.result3(message, all=0, timeout=timeout)
            found += [Entry.of(dn, attributes) for dn, attributes in data if dn]
            if kind == self._ldap.RES_SEARCH_RESULT:
                return list(controls or ())

    def modify(self, dn: str, changes: Sequence[Change]) -> None:
        """Set each attribute to what the change says."""
        with translated(self._ldap):
            self._remaining()
            self._connection.modify_s(
                dn, [(self._ldap.MOD_REPLACE, change.attribute, list(change.values) or None) for change in changes]
            )

    def add(self, dn: str, attributes: Mapping[str, Sequence[bytes]]) -> bool:
        """Make an entry; False if there is one of that name."""
        with translated(self._ldap):
            self._remaining()
            try:
                self._connection.add_s(dn, [(name, list(values)) for name, values in attributes.items()])
            except self._ldap.ALREADY_EXISTS:
                return False
            return True

    def delete(self, dn: str) -> bool:
        """Delete an entry; False if there is none."""
        with translated(self._ldap):
            self._remaining()
            try:
                self._connection.delete_s(dn)
            except self._ldap.NO_SUCH_OBJECT:
                return False
            return True

    def set_password(self, dn: str, password: str) -> None:
        """By the modify-password operation (RFC 3062): the server hashes it and applies its policy."""
        with translated(self._ldap):
            self._remaining()
            self._connection.passwd_s(dn, None, password)

    def add_value(self, dn: str, attribute: str, value: bytes) -> bool:
        """Add one value; False if it was there."""
        return self._one_value(self._ldap.MOD_ADD, dn, attribute, value, unless=self._ldap.TYPE_OR_VALUE_EXISTS)

    def remove_value(self, dn: str, attribute: str, value: bytes) -> bool:
        """Remove one value; False if it was not there."""
        return self._one_value(self._ldap.MOD_DELETE, dn, attribute, value, unless=self._ldap.NO_SUCH_ATTRIBUTE)

    def _one_value(self, how: int, dn: str, attribute: str, value: bytes, *, unless: type[Exception]) -> bool:
        with translated(self._ldap):
            self._remaining()
            try:
                self._connection.modify_s(dn, [(how, attribute, [value])])
            except unless:
                return False
            return True

    def _remaining(self) -> float:
        """Seconds left; also what the library waits for the next answer."""
        left = self._deadline.left()
        self._connection.timeout = left
        return left


@contextmanager
def translated(ldap: Any) -> Iterator[None]:
    """LDAP's errors as the house's. The library's text goes into the private detail; it holds no passwords."""
    try:
        yield
    except ldap.LDAPError as error:
        raise _translate(ldap, error) from error


def _translate(ldap: Any, error: Exception) -> OutsideError:
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    detail = f"{told.get('desc', type(error).__name__)}: {told.get('info', '')}".rstrip(": ")
    if isinstance(error, (ldap.INVALID_CREDENTIALS, ldap.INSUFFICIENT_ACCESS, ldap.INAPPROPRIATE_AUTH)):
        return AuthFailed("the directory refused our credentials or rights", detail=detail)
    gone = (ldap.SERVER_DOWN, ldap.CONNECT_ERROR, ldap.TIMEOUT, ldap.TIMELIMIT_EXCEEDED, ldap.UNAVAILABLE, ldap.BUSY)
    if isinstance(error, gone):
        return Unreachable("the directory did not answer", detail=detail)
    return Rejected("the directory rejected the request", detail=detail)
