"""What Teams can be asked."""

from __future__ import annotations

from tickless.connectors.teams.activity import fit
from tickless.connectors.teams.client import Connector
from tickless.connectors.teams.parameters import Member, WhichMember
from tickless.sdk import Call, Result, probe


@probe("member", params=WhichMember, output=Member)
def member(call: Call, params: WhichMember) -> Result:
    """Who somebody is in a conversation that the bot is in. Shows, too, that the bot can sign in."""
    secret = call.secret(call.settings.client_secret)
    service = Connector(call.settings, params.service_url, secret, now=call.now, timeout=call.timeout)
    found = service.member(params.conversation, params.user)

    def text(name: str) -> str:
        value = found.get(name)
        return fit(value)[:254] if isinstance(value, str) else ""

    output = Member(name=text("name"), email=text("email"), tenant=text("tenantId"))
    return Result(output=output, summary="the member is there")
