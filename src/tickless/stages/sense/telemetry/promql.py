"""The answer of a Prometheus to an instant query → a batch. After its HTTP API, `/api/v1/query`."""

from __future__ import annotations

import math
from typing import Annotated, Any

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.stages.sense.telemetry.batch import Batch, Rows
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import NAME, Kind, labels_of

_Sample = tuple[float, str]


class _One(msgspec.Struct):
    metric: dict[str, str] = {}
    value: _Sample | None = None


class _Data(msgspec.Struct, rename={"kind": "resultType"}):
    kind: str
    result: Annotated[list[Any], msgspec.Meta(max_length=100_000)]


class _Answer(msgspec.Struct):
    status: str
    data: _Data | None = None


def read_answer(body: bytes, name: str, index: SeriesIndex, book: Book) -> Batch:
    """The values of a query that we call `name`: each is a gauge, for what PromQL tells is calculated already. Raises
    `PayloadRejected` for what is neither a vector nor a scalar."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
        if answer.status != "success" or answer.data is None or answer.data.kind not in ("vector", "scalar"):
            raise PayloadRejected("the query has no vector", mend="ask for an instant vector or a scalar")
        if answer.data.kind == "scalar":
            found = [_One({}, msgspec.convert(answer.data.result, _Sample))]
        else:
            found = msgspec.convert(answer.data.result, list[_One])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("this is no answer of a Prometheus", mend="is the address right?") from error
    batch, rows = Batch(), Rows()
    for one in found:
        if one.value is None:  # a native histogram
            batch.histograms += 1
            continue
        pairs = [(key, value) for key, value in one.metric.items() if key != NAME]
        rows.add(
            index.place(book, b"", labels_of([*pairs, (NAME, name)]), Kind.GAUGE), one.value[0], _number(one.value[1])
        )
    rows.into(batch)
    return batch


def _number(said: str) -> float:
    try:
        return float(said)
    except ValueError:
        return math.nan
