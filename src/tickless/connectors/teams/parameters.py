"""Parameters and answers of the Teams connector's own operations."""

from __future__ import annotations

from tickless.sdk import Output, Params


class WhichMember(Params):
    """Somebody in a conversation that the bot is in. `user`: their id there (`29:…`)."""

    service_url: str
    conversation: str
    user: str


class Member(Output):
    """As the organisation's directory has them."""

    name: str
    email: str
    tenant: str
