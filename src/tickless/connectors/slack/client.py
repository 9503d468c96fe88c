"""Slack's Web API through slack-sdk: the few methods used here. Knows Slack, not us. Errors are the house's."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterator
from typing import Any

from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, SettingsInvalid, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk.egress import reach_url

Answer = dict[str, Any]
QUIET = logging.getLogger("tickless.slack_sdk")
"""The SDK's own words: the house says it once, in its own."""
QUIET.setLevel(logging.CRITICAL)

_NOT_LET_IN = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "missing_scope",
    "not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied", "enterprise_is_restricted",
    "team_access_not_granted", "two_factor_setup_required",
})  # fmt: skip
_AGAIN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited"})
_TAKES_JSON = frozenset({"chat.postMessage", "chat.update", "conversations.open"})
"""Methods that read take only forms."""
_SLOW = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


class SlackClient:
    """One token. Each call takes at most `timeout` seconds and is made once: trying again is the house's decision."""

    def __init__(self, *, token: str, base_url: str, timeout: float) -> None:
        self.web = web_client(token=token, base_url=base_url, timeout=timeout)
        self._token = token

    def call(self, method: str, **arguments: Any) -> Answer:
        """Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected` with Slack's own word for it."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        reach_url(self.web.base_url)
        given = {name: value for name, value in arguments.items() if value not in (None, "")}
        try:
            answer = self.web.api_call(method, **{"json" if method in _TAKES_JSON else "params": given})
        except SlackApiError as error:
            raise error_of(method, error.response, self._token) from None
        except (SlackClientError, OSError, http.client.HTTPException, ValueError) as error:
            detail = redact_secrets(f"{type(error).__name__}: {error}", [self._token])[:300]
            raise Unreachable("Slack does not answer", detail=detail) from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def pages(self, method: str, name: str, *, most: int, **arguments: Any) -> Iterator[Answer]:
        """The objects of a list, page by page, at most `most`."""
        cursor, given = "", 0
        while given < most:
            answer = self.call(method, cursor=cursor, limit=min(200, most), **arguments)
            for one in answer.get(name, []):
                if given < most:
                    yield one
                given += 1
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def web_client(*, token: str, base_url: str, timeout: float) -> Any:
    """slack-sdk's client without its own retries. Raises `SettingsInvalid` where it is not installed."""
    try:
        from slack_sdk import WebClient
    except ImportError as error:
        raise SettingsInvalid("slack-sdk is not installed", mend="pip install 'tickless[slack]'") from error
    return WebClient(token=token, base_url=base_url, timeout=timeout, logger=QUIET, retry_handlers=[])  # type: ignore[arg-type]


def error_of(method: str, response: Any, token: str) -> OutsideError:
    """The house's error for what slack-sdk raised with: its own response, or the bare one of an answer that is no JSON."""
    if isinstance(response, dict):
        status, headers, word = int(response.get("status") or 0), response.get("headers") or {}, ""
        detail = redact_secrets(str(response.get("body") or ""), [token])[:300]
    else:
        data = response.data if isinstance(response.data, dict) else {}
        status, headers, word = int(response.status_code), response.headers, str(data.get("error") or "")
        needed = data.get("needed") or (data.get("response_metadata") or {}).get("messages") or ""
        detail = redact_secrets(f"{method}: {word} {needed}", [token])[:300]
    if status == 429 or word in _SLOW:
        return RateLimited("Slack asks us to slow down", after=_retry_after(headers), detail=detail)
    if status in {401, 403} or word in _NOT_LET_IN:
        mend = "check the app's scopes and install it again" if word in {"missing_scope", "no_permission"} else ""
        return AuthFailed(f"Slack refused our credentials ({word or status})", detail=detail, mend=mend)
    if status >= 500 or word in _AGAIN:
        return Unreachable(f"Slack failed ({word or status})", detail=detail)
    return Rejected(f"Slack rejected the request ({word or status})", detail=detail)


def _retry_after(headers: Any) -> float:
    value = next((value for name, value in dict(headers).items() if name.lower() == "retry-after"), "")
    value = str(value[0] if isinstance(value, list) and value else value)
    return float(value) if value.replace(".", "", 1).isdigit() else 30.0
