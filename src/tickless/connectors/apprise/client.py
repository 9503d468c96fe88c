"""Sends through Apprise, and makes errors of what Apprise only logs."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tickless.domain.errors import AuthFailed, RateLimited, Rejected, SettingsInvalid, Unreachable
from tickless.sdk.guarding import only_named

_STATUS = re.compile(r"\berror=(\d{3})\b")
ASK_AGAIN_AFTER = 30.0
"""Apprise does not pass on `Retry-After`: seconds to wait after a 429."""

_LOGGER = logging.getLogger("apprise")


@lru_cache(maxsize=1)
def _apprise() -> Any:
    """Apprise with its plugins loaded, on first use: there are over a hundred, and one imports a deprecated module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise

        Apprise.instantiate("json://127.0.0.1")
    _LOGGER.setLevel(logging.WARNING)  # whatever the house logs: the reason of a failure is a warning
    return Apprise


class _Listener(logging.Handler):
    """Collects what Apprise logs in this thread: the only place where it says why sending failed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self.status: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and (found := _STATUS.search(record.getMessage())):
            self.status = int(found[1])


def send(url: str, *, title: str, text: str, timeout: float) -> None:
    """Send one notification. Raises the house's error for a failure; the URL, which is a secret, is in none of them."""
    plugin = _apprise().instantiate(url, suppress_exceptions=True)
    if plugin is None:
        raise SettingsInvalid("Apprise does not know the address of this target", mend="check the secret behind it")
    plugin.socket_connect_timeout = timeout
    plugin.socket_read_timeout = timeout
    listener = _Listener()
    _LOGGER.addHandler(listener)
    try:
        with only_named(_hosts_of(plugin)):
            sent = plugin.notify(body=text, title=title)
    except (OSError, TypeError, ValueError) as error:
        raise Rejected("the notification cannot be sent this way", detail=type(error).__name__) from None
    finally:
        _LOGGER.removeHandler(listener)
    if not sent:
        _raise_for(listener.status)


def _hosts_of(plugin: Any) -> set[str]:
    """The hosts that a target's address and its plugin's own addresses name."""
    found = {str(plugin.host or ""), str(getattr(plugin, "smtp_host", None) or "")}
    for name in dir(type(plugin)):
        value = getattr(type(plugin), name, None)
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            found.add(urlsplit(value).hostname or "")
    return found - {""}


def _raise_for(status: int | None) -> None:
    if status in {401, 403}:
        raise AuthFailed(f"the target refused our credentials ({status})")
    if status == 429:
        raise RateLimited("the target asks us to slow down", after=ASK_AGAIN_AFTER)
    if status is not None and 400 <= status < 500:
        raise Rejected(f"the target rejected the notification ({status})")
    raise Unreachable("the notification did not get through", detail=f"status {status}")
