"""Tell somebody."""

from __future__ import annotations

from tickless.connectors.apprise.client import send
from tickless.connectors.apprise.parameters import Notification, Sent
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.phone import Sent as TextSent
from tickless.sdk.capabilities.phone import Text


@action("send", params=Notification, output=Sent)
def send_notification(call: Call, params: Notification) -> Result:
    """Send a notification to a target of the settings. Nobody can tell whether an interrupted try got through."""
    reference = call.settings.targets.get(params.target)
    if reference is None:
        known = ", ".join(sorted(call.settings.targets)) or "none"
        raise Rejected("no notification target has this name", mend=f"add it to `targets`; there are: {known}")
    _refuse_repeat(call)
    url = call.secret(reference)
    if call.dry_run:
        summary = f"would notify {params.target}"
        return Result(output=Sent(sent=False, target=params.target), changed=True, summary=summary)
    send(url, title=params.title, text=params.text, timeout=call.timeout)
    return Result(output=Sent(sent=True, target=params.target), changed=True, summary=f"notified {params.target}")


@action("phone_send", params=Text, output=TextSent)
def send_text(call: Call, params: Text) -> Result:
    """Send a text to a telephone through the SMS gateway of the settings."""
    if not call.settings.phone:
        raise Rejected("no SMS gateway is set", mend="set `phone` to a reference of an Apprise URL with {phone} in it")
    _refuse_repeat(call)
    url = call.secret(call.settings.phone).replace("{phone}", params.phone.removeprefix("+"))
    ending = params.phone[-2:]
    if call.dry_run:
        return Result(output=TextSent(sent=False), changed=True, summary=f"would text the phone that ends in {ending}")
    send(url, title="", text=params.text, timeout=call.timeout)
    return Result(output=TextSent(sent=True), changed=True, summary=f"texted the phone that ends in {ending}")


def _refuse_repeat(call: Call) -> None:
    """Nobody can tell whether an interrupted try got through."""
    if call.first_started is not None and call.settings.when_unsure == "refuse":
        raise Rejected(
            "an earlier try may have got through", mend="ask the recipient, or set `when_unsure` to send_again"
        )
