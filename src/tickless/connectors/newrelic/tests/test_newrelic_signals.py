"""What a person who runs New Relic relies on."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from tickless.connectors.newrelic.settings import Settings
from tickless.connectors.newrelic.signals import RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

FOLDER = Path(__file__).parent.parent


def item(body: Any) -> Item:
    payload = Payload(source="nr", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=json.dumps(body).encode())
    return RECEIVER.read(payload.body, payload, Settings())


def stored(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / "fixtures" / f"{name}.json").read_text()))


def test_the_template_that_ships_is_json_once_its_variables_are_filled_in() -> None:
    template = (FOLDER / "template.hbs").read_text()
    filled = re.sub(r"\{\{#if (\w+)\}\}\{\{ \w+ \}\}\{\{else\}\}null\{\{/if\}\}", "1772443721000", template)
    body = json.loads(re.sub(r"\{\{ json [^}]+ \}\}", '"x"', filled))
    assert body.keys() == stored("activated").keys()
    assert item({**body, "state": "ACTIVATED"}).state == "firing"


def test_an_issue_its_acknowledgement_and_its_end_are_one_trouble() -> None:
    told = [item(stored(name)) for name in ("activated", "acknowledged", "closed")]
    assert len({one.fingerprint for one in told}) == 1
    assert [one.state for one in told] == ["firing", "info", "resolved"]
    times = [one.occurred_at for one in told]
    assert times == sorted(times, key=str)


def test_the_default_template_and_the_older_shape_are_read_as_well() -> None:
    assert item(stored("default-template")).severity == "error"
    older = item(stored("older-incident"))
    assert (older.fingerprint, older.state, (older.labels or {})["service"]) == ("42", "resolved", "shop-web-1")
