"""The machine door in small: a killed nginx is told by a real alert, restarted by the connector, and told to be well."""

from tests.lane.instances import instance_of, run
from tests.servers.watched_nginx import WatchedNginx
from tests.servers.webhook import Inbox
from tests.waiting import until


def test_a_killed_service_is_told_healed_and_told_to_be_well(watched_nginx: WatchedNginx, webhook_inbox: Inbox) -> None:
    watched_nginx.watch(webhook_inbox.url, service="shop", labels={"team": "web"}, token="s3cret")
    watched_nginx.kill()
    alert = webhook_inbox.wait_for("firing")
    assert alert["labels"] == {
        "alertname": "ServiceDown",
        "instance": watched_nginx.url,
        "job": "blackbox",
        "service": "shop",
        "severity": "critical",
        "team": "web",
    }
    assert webhook_inbox.headers[0]["Authorization"] == "Bearer s3cret"
    supervisor = watched_nginx.supervisor
    here = instance_of(
        "supervisord",
        {"url": supervisor.url, "username": supervisor.username, "password": "env:SUPERVISOR"},
        {"SUPERVISOR": supervisor.password},
    )
    assert run(here, "restart", process=supervisor.process).output.running
    until(watched_nginx.serves, what="nginx to serve again")
    assert webhook_inbox.wait_for("resolved")["fingerprint"] == alert["fingerprint"]
