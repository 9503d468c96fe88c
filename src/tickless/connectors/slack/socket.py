"""One Socket Mode connection through slack-sdk's own client (its threads, no further packages)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tickless.connectors.slack.client import QUIET, error_of, web_client
from tickless.domain.errors import Unreachable
from tickless.sdk.egress import reach_url

Hear = Callable[[dict[str, Any]], bool]
"""(envelope) → may it be acknowledged? Called in a thread of its own, one envelope after the other."""
PING_SECONDS = 5.0


class Socket:
    """`open` until `close`. Slack's own refreshes are followed by slack-sdk; a connection that is lost is not opened again."""

    def __init__(self, *, app_token: str, base_url: str, timeout: float, hear: Hear) -> None:
        from slack_sdk.socket_mode.builtin.client import SocketModeClient

        self._token = app_token
        self._hear = hear
        self._client = SocketModeClient(
            app_token,
            logger=QUIET,
            web_client=web_client(token=app_token, base_url=base_url, timeout=timeout),
            auto_reconnect_enabled=False,
            ping_interval=PING_SECONDS,
            receive_buffer_size=65_536,
            concurrency=1,
        )
        self._client.message_listeners.append(self._heard)

    def open(self) -> None:
        """Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected`."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        web = self._client.web_client
        reach_url(web.base_url)
        try:
            uri = str(web.apps_connections_open(app_token=self._token)["url"])
            if urlsplit(uri).hostname != urlsplit(web.base_url).hostname:  # an answer leads nowhere but to Slack
                reach_url(uri)
            self._client.wss_uri = uri
            self._client.connect()
        except SlackApiError as error:
            raise error_of("apps.connections.open", error.response, self._token) from None
        except (SlackClientError, OSError, ValueError) as error:
            raise Unreachable("Slack does not answer", detail=type(error).__name__) from None
        if not self.is_open:
            raise Unreachable("Slack did not take the socket")

    @property
    def is_open(self) -> bool:
        return bool(self._client.is_connected())

    def close(self) -> None:
        """Waits for the envelope that is at work."""
        self._client.close()

    def _heard(self, client: Any, envelope: dict[str, Any], raw: str | None) -> None:
        identity = envelope.get("envelope_id")
        if isinstance(identity, str) and self._hear(envelope):
            client.send_message(json.dumps({"envelope_id": identity}))
