"""Assets from files: by their tag, everything or nothing, each refused row explained."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.person import Person
from tickless.domain.portfolio import Asset
from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.kit.tabular import read_table
from tickless.practices.portfolio.importing import read_assets, write_assets

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
WORLD = World.of(
    people=[Person(id="p1", name="Ada Moss", username="ada", email="ada@x.example", department="IT", title="Engineer")],
    services=[Service(id="file-share", name="File share", kind="application")],
)
OLD = Asset(
    id="NAS-1",
    title="Old",
    kind="server",
    note="behind the door",
    made_by="user:bo",
    made_at=NOW - dt.timedelta(days=9),
)


def read(text: str) -> tuple[dict[str, Asset], list[tuple[int, str]]]:
    found = read_assets(read_table(text, "csv"), world=WORLD, known={OLD.id: OLD}, by="user:cy", at=NOW)
    return {one.id: one for one in found.records.values()}, [(one.line, one.field) for one in found.refused]


def test_a_register_with_names_of_its_own_is_read() -> None:
    text = (
        "Asset tag,Name,Type,Install status,Assigned to,Used by service,Warranty expiration,Vulnerabilities,Rack\n"
        "NAS-2,File server,server,In stock,ada,File share,2027-03-01,3,R7\n"
        "NAS-1,New name,server,,,,,,\n"
    )
    found, refused = read(text)
    assert refused == []
    made, changed = found["NAS-2"], found["NAS-1"]
    assert (made.state, made.owner, made.service, made.warranty_until) == (
        "in_stock",
        "p1",
        "file-share",
        dt.date(2027, 3, 1),
    )
    assert (made.open_weaknesses, made.made_by, made.made_at) == (3, "user:cy", NOW)
    assert (changed.title, changed.note, changed.made_by) == ("New name", "behind the door", "user:bo")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",File server,server,,,", "id"),
        ("A 1,File server,server,,,", "id"),
        ("ast-7,File server,server,,,", "id"),
        ("A1,,server,,,", "title"),
        ("A1,File server,server,lost,,", "state"),
        ("A1,File server,server,,nobody,", "owner"),
        ("A1,File server,server,,,01.03.2027", "warranty_until"),
        ("A1,File server,server,,,2027-02-30", "warranty_until"),
    ],
)
def test_what_is_wrong_is_said_of_the_cell(row: str, field: str) -> None:
    found, refused = read(f"id,title,kind,state,owner,warranty_until\n{row}\n")
    assert found == {}
    assert (2, field) in refused


@given(
    st.builds(
        Asset,
        id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
        title=st.sampled_from(["A server", "=cmd()", "Größe; 7", '"quoted", twice']),
        kind=st.sampled_from(["server", "laptop"]),
        state=st.sampled_from(["ordered", "in_stock", "in_use", "retired", "disposed"]),
        service=st.sampled_from([None, "file-share"]),
        owner=st.sampled_from([None, "p1"]),
        warranty_until=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)),
        open_weaknesses=st.none() | st.integers(0, 9_999),
        made_by=st.just("user:cy"),
        made_at=st.just(NOW),
    )
)
def test_what_is_written_is_read_as_the_same(asset: Asset) -> None:
    found, refused = read(write_assets([asset]))
    assert refused == []
    told = found[asset.id]
    assert told.model_dump(exclude={"made_by", "made_at", "note"}) == asset.model_dump(
        exclude={"made_by", "made_at", "note"}
    )
