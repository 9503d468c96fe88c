"""What Alertmanager can be asked."""

from __future__ import annotations

from tickless.connectors.alertmanager.client import Alertmanager
from tickless.connectors.alertmanager.parameters import ActiveAlerts, Labels
from tickless.domain.errors import SettingsInvalid
from tickless.sdk import Call, Result, probe
from tickless.sdk.http import HttpClient


def connect(call: Call) -> Alertmanager:
    """The client for this call. Raises `SettingsInvalid` when the instance only receives."""
    settings = call.settings
    if not settings.url:
        raise SettingsInvalid(f"{call.instance.name} has no address", mend="set `url` to Alertmanager's base URL")
    headers = {"authorization": f"Bearer {call.secret(settings.token)}"} if settings.token else {}
    return Alertmanager(HttpClient(settings.url, headers, settings.ca_file or True), timeout=call.timeout)


@probe("alert_active", params=Labels, output=ActiveAlerts)
def alert_active(call: Call, params: Labels) -> Result:
    """Whether an alert with these labels fires now."""
    alerts = connect(call).alerts(params.labels)
    states = [str((alert.get("status") or {}).get("state", "")) for alert in alerts]
    active = states.count("active") + states.count("unprocessed")
    output = ActiveAlerts(active=active > 0, count=active, silenced=states.count("suppressed"))
    return Result(output=output, summary=f"{active} alerts fire, {output.silenced} are silenced or inhibited")
