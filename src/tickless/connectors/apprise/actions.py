"""Tell somebody."""

from __future__ import annotations

from tickless.connectors.apprise.client import send
from tickless.connectors.apprise.parameters import Notification, Sent
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action


@action("send", params=Notification, output=Sent)
def send_notification(call: Call, params: Notification) -> Result:
    """Send a notification to a target of the settings. Nobody can tell whether an interrupted try got through."""
    reference = call.settings.targets.get(params.target)
    if reference is None:
        known = ", ".join(sorted(call.settings.targets)) or "none"
        raise Rejected("no notification target has this name", mend=f"add it to `targets`; there are: {known}")
    if call.first_started is not None and call.settings.when_unsure == "refuse":
        raise Rejected(
            "an earlier try may have got through", mend="ask the recipient, or set `when_unsure` to send_again"
        )
    url = call.secret(reference)
    if call.dry_run:
        summary = f"would notify {params.target}"
        return Result(output=Sent(sent=False, target=params.target), changed=True, summary=summary)
    send(url, title=params.title, text=params.text, timeout=call.timeout)
    return Result(output=Sent(sent=True, target=params.target), changed=True, summary=f"notified {params.target}")
