"""Trying a payload: what would become of it. Nothing is stored."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import ConfigDict, Field

from tickless.domain.errors import BadInput
from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Short, Shown
from tickless.doors.api.signal_schemas import SignalShown
from tickless.doors.api.views import show_signal
from tickless.flow.desk.trying import Sample, Trial

router = new_router("signals")


class TryPayload(Given):
    """A payload as a monitor sends it (`payload` as text, or `payload_base64`), and what to read it with: a configured
    `source`, or a `mapping` as it would stand in the settings (TOML or JSON)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "payload": '{"check": "dns", "up": false}',
                    "mapping": 'fingerprint = "\'check/\' + body.check"\ntitle = "body.check"\nstate = "!body.up"',
                }
            ]
        }
    )

    payload: str | None = None
    payload_base64: str | None = None
    source: Short | None = None
    mapping: str | None = None
    content_type: Short = "application/json"
    headers: dict[Short, Annotated[str, Field(max_length=1_000)]] = Field(default_factory=dict, max_length=60)

    def sample(self) -> Sample:
        """Raises `BadInput`."""
        if (self.payload is None) == (self.payload_base64 is None):
            raise BadInput("a payload is given once", mend="send payload, or payload_base64")
        try:
            packed = self.payload_base64 or ""
            body = self.payload.encode() if self.payload is not None else base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadInput("the payload cannot be decoded", mend="send text, or base64 in payload_base64") from error
        return Sample(body=body, content_type=self.content_type, headers=self.headers)


class WouldBeShown(Shown):
    """A signal that one entry would become; `need` and `service`: what the house would take it for."""

    entry: int
    signal: SignalShown
    event_key: str
    link: str | None
    need: str | None
    service: str | None


class TrialProblem(Shown):
    """Something that is wrong, where, and how to mend it; one that is not `serious` refuses nothing."""

    where: str = Field(examples=["entry 2, state"])
    expression: str
    reason: str
    mend: str
    serious: bool


class TrialShown(Shown):
    """What would become of a payload. `fits`: it would be taken in whole. `entries` null: it could not be split."""

    fits: bool
    source: str
    entries: int | None
    becomes: list[WouldBeShown]
    problems: list[TrialProblem]


@router.post("/mapping/test", summary="Try a payload: what would become of it")
def try_payload(desk: DeskHere, visitor: Reader, given: TryPayload) -> TrialShown:
    """Reads it as a source or a mapping would, tells every problem at once, stores nothing. 50 entries are shown at most."""
    if (given.source is None) == (given.mapping is None):
        raise BadInput("a payload is read in one way", mend="send a source, or a mapping")
    sample = given.sample()
    if given.mapping is not None:
        return show_trial(desk.trying.with_mapping(given.mapping, sample))
    return show_trial(desk.trying.with_source(str(given.source), sample))


def show_trial(trial: Trial) -> TrialShown:
    return TrialShown(
        fits=trial.fits,
        source=trial.source,
        entries=trial.entries,
        becomes=[
            WouldBeShown(
                entry=one.entry,
                signal=show_signal(one.signal),
                event_key=one.signal.event_key,
                link=one.signal.link.tame(2_000) if one.signal.link else None,
                need=one.need,
                service=one.service,
            )
            for one in trial.becomes
        ],
        problems=[TrialProblem(**problem.model_dump()) for problem in trial.problems],
    )
