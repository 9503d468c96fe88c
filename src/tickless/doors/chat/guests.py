"""Guests: people who can't sign in. They may write; nothing is believed about who they are."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections import OrderedDict, deque

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "tickless_guest"
MOST = 20
WINDOW = dt.timedelta(minutes=10)
MOST_ADDRESSES = 5_000


def guest_token(request: Request) -> str | None:
    """The secret of this guest's browser; None before their first look."""
    found = request.cookies.get(COOKIE, "")
    return found if 40 <= len(found) <= 64 and found.isascii() else None


def new_guest_token() -> str:
    return secrets.token_urlsafe(32)


def conversation_of(token: str) -> str:
    """The one conversation of a guest. Knowing its id doesn't let anybody read it: that takes the token."""
    found = hashlib.sha256(token.encode()).hexdigest()
    return f"webchat:guest-{found[:16]}:cnv_{found[16:42]}"


def guard_of(token: str) -> str:
    """What our own form carries, so that other sites can't write in a guest's name."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()


def guard_ok(token: str, sent: str) -> bool:
    return hmac.compare_digest(guard_of(token).encode(), sent.encode())


def put_cookie(response: Response, token: str, request: Request) -> None:
    response.set_cookie(
        COOKIE, token, max_age=86_400, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


class Turnstile:
    """Lets a bounded number of guests' messages through from one address. In memory, per process."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[dt.datetime]] = OrderedDict()

    def passes(self, address: str, *, now: dt.datetime) -> bool:
        """True, and counted, unless too many came lately."""
        times = self._seen.pop(address, deque())
        while times and now - times[0] >= WINDOW:
            times.popleft()
        self._seen[address] = times
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        if len(times) >= MOST:
            return False
        times.append(now)
        return True
