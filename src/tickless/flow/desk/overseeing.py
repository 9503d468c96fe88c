"""Telemetry for people: what is foreseen, one series with its picture, and what people answer to its alarms."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Final

from tickless.domain.case import Case
from tickless.domain.errors import Conflict, NotFound
from tickless.domain.sighting import Answer, Said, Sighting
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id
from tickless.stages.sense.detection.feedback import decades_of
from tickless.stages.sense.telemetry.focus.overlooking import Overlook

COUNTED: Final = dt.timedelta(days=90)
"""How long an answer counts; its effect wears off by itself long before."""
OFF: Final = "telemetry is switched off here"


class Overseeing:
    """`overlook`: None when telemetry is switched off."""

    def __init__(self, overlook: Overlook | None, journal: Journal, clock: Clock) -> None:
        self._overlook = overlook
        self._journal = journal
        self._clock = clock

    @property
    def overlook(self) -> Overlook:
        """What this process' telemetry knows. Raises `NotFound` when it is switched off."""
        if self._overlook is None:
            raise NotFound(OFF, mend="set telemetry.enabled in the settings")
        return self._overlook

    def answer(self, series: str, said: Said, *, by: str, case: str | None = None) -> Answer:
        """Note what a person says of a series' alarms; the detector heeds it at once here, and soon in other processes.
        Raises `NotFound` for a series that nobody knows."""
        now = self._clock.now()
        given = Answer(id=new_id("ans"), series=series, said=said, by=by, at=now, case=case)
        with self._journal.write() as tx:
            if not tx.sightings.of_series(series, limit=1):
                self.overlook.series(series)
            tx.answers.put(given)
            tx.audit.append(at=now, actor=by, action=f"telemetry.{said}", subject=f"series:{series}", case=case,
                            detail={"answer": given.id, **self._moved(series, tx.answers.of_series(series))})  # fmt: skip
        self.heed(now)
        return given

    def take_back(self, answer: str, *, by: str) -> Answer:
        """An answer counts no more. Raises `NotFound`, `Conflict`."""
        now = self._clock.now()
        with self._journal.write() as tx:
            given = tx.answers.need(answer, lock=True)
            if given.undone_at is not None:
                raise Conflict("that answer was taken back already", mend="look at the series again")
            undone = tx.answers.put(given.model_copy(update={"undone_by": by, "undone_at": now}))
            tx.audit.append(at=now, actor=by, action="telemetry.taken_back", subject=f"series:{given.series}",
                            case=given.case, detail={"answer": answer, "said": given.said})  # fmt: skip
        self.heed(now)
        return undone

    def answers(self, series: str) -> list[Answer]:
        """What was said of a series, oldest first."""
        with self._journal.read() as tx:
            return tx.answers.of_series(series)

    def sightings(self, series: str) -> list[Sighting]:
        """What was seen of a series, the newest first."""
        with self._journal.read() as tx:
            return tx.sightings.of_series(series)

    def of_case(self, case: Case) -> list[Sighting]:
        """What telemetry saw of a case, the newest first."""
        with self._journal.read() as tx:
            return tx.sightings.of_case(case.id, case.subject)

    def heed(self, now: dt.datetime) -> None:
        """Let the detectors of this process heed what was answered, wherever that was."""
        if self._overlook is None:
            return
        with self._journal.read() as tx:
            given = tx.answers.since(now - COUNTED)
        by_series: dict[str, list[Said]] = defaultdict(list)
        for one in given:
            if one.undone_at is None:
                by_series[one.series].append(one.said)
            else:
                by_series.setdefault(one.series, [])
        self._overlook.answer({series: decades_of(said) for series, said in by_series.items()})

    @staticmethod
    def _moved(series: str, known: list[Answer]) -> dict[str, float]:
        """By how much a series' alarms have become rarer by answers: before and after the last one, as a factor."""
        counted = [one.said for one in known if one.undone_at is None]
        return {"rarer_before": 10 ** decades_of(counted[:-1]), "rarer_now": 10 ** decades_of(counted)}


def factor_of(answers: list[Answer]) -> float:
    """How many times rarer the alarms of a series have become by answers; below 1: easier."""
    return float(10 ** decades_of(one.said for one in answers if one.undone_at is None))
