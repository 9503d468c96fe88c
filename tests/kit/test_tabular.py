"""Tables of text: whatever stands in a file gives rows or reasons, and the lines are right."""

from __future__ import annotations

import json
import unicodedata
from typing import get_args

from hypothesis import example, given
from hypothesis import strategies as st

from tickless.kit.cells import Column, read_cells, write_cells
from tickless.kit.tabular import MOST_ROWS, Form, read_table, write_csv

NAMES = st.lists(st.text("abcdefgh", min_size=1), min_size=1, max_size=5, unique=True)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), st.sampled_from(get_args(Form)))
@example("[" * 100_000, "json")
@example('[{"a": 1}', "json")
@example('{"a": NaN}\n{"a": 1, "a": 2}\n' + "9" * 5_000, "json")
@example('a,b\n"1', "csv")
@example("a\n" + "x" * 200_000, "csv")
@example("a,a\n1,2", "csv")
@example("\x00\n\x00", "csv")
def test_any_text_gives_rows_or_refusals_each_on_a_line_of_the_text(text: str, form: Form) -> None:
    table = read_table(text, form)
    lines = max(1, len(text.splitlines())) + 1
    places = [row.line for row in table.rows] + [refusal.line for refusal in table.refused]
    assert all(1 <= line <= lines for line in places)
    assert len({row.line for row in table.rows}) == len(table.rows) or form == "json"
    assert all(refusal.reason and refusal.mend and refusal.reason.isprintable() for refusal in table.refused)


@given(
    NAMES.flatmap(
        lambda names: st.tuples(st.just(names), st.lists(st.lists(PLAIN, min_size=len(names), max_size=len(names))))
    )
)
def test_what_is_written_is_read(given_: tuple[list[str], list[list[str]]]) -> None:
    header, rows = given_
    table = read_table(write_csv(header, rows), "csv")
    assert table.refused == ()
    full = [dict(zip(header, row, strict=True)) for row in rows if any(cell.strip() for cell in row)]
    assert [dict(row.cells) for row in table.rows] == full


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=4).filter(lambda one: "body" not in one)), st.booleans())
def test_objects_come_as_a_list_or_line_by_line(objects: list[dict[str, object]], listed: bool) -> None:
    text = json.dumps(objects, indent=1) if listed else "\n".join(json.dumps(one) for one in objects)
    table = read_table(text, "json")
    assert table.refused == ()
    assert [row.cells for row in table.rows] == objects
    if not listed:
        assert [row.line for row in table.rows] == list(range(1, len(objects) + 1))


def test_rows_know_their_line_in_a_file_from_a_spreadsheet() -> None:
    text = '\ufeffname;note\r\n\r\nAnna;"two\r\nlines"\r\nBen;x;y\r\nCy\r\n'
    table = read_table(text, "csv")
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (3, {"name": "Anna", "note": "two\r\nlines"}),
        (6, {"name": "Cy"}),
    ]
    assert [(refusal.line, refusal.reason) for refusal in table.refused] == [(5, "has 3 cells, the header 2")]


def test_a_file_that_is_too_long_says_so() -> None:
    table = read_table("a\n" + "x\n" * (MOST_ROWS + 2), "csv")
    assert len(table.rows) == MOST_ROWS
    assert [refusal.line for refusal in table.refused] == [MOST_ROWS + 2]
    wrong = read_table("{\n" * 5_000, "json")
    assert wrong.rows == ()
    assert wrong.refused[-1].reason == "too many rows cannot be read: the rest is left"


def test_a_broken_line_does_not_hide_the_lines_after_it() -> None:
    table = read_table('{"a": 1}\n{"a": \n{"a": 3}\n[1]\n', "json")
    assert [(row.line, row.cells["a"]) for row in table.rows] == [(1, 1), (3, 3)]
    assert [refusal.line for refusal in table.refused] == [2, 4]


COLUMNS = (
    Column("name"),
    Column("tags", ("labels",), "list"),
    Column("about", (), "pairs"),
    Column("on", (), "flag"),
    Column("size", (), "choice", choices=(("1", 1), ("small", 1), ("2", 2))),
    Column("share", (), "share"),
    Column("seen", (), "moment"),
)
WORD = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1).filter(
    lambda word: word.isprintable() and not {*";="} & {*word} and unicodedata.normalize("NFC", word) == word
)


@given(st.dictionaries(st.sampled_from([column.field for column in COLUMNS]) | st.text(), JSON | st.text()))
def test_any_cell_gives_a_value_or_a_refusal(cells: dict[str, object]) -> None:
    row = read_table(json.dumps([cells]), "json").rows
    for one in row:
        values, refused = read_cells(one, COLUMNS)
        assert {*values} <= {column.field for column in COLUMNS}
        assert all(refusal.reason.isprintable() for refusal in refused)


@given(
    st.fixed_dictionaries(
        {
            "tags": st.lists(WORD, min_size=1, max_size=4, unique=True).map(tuple),
            "about": st.dictionaries(WORD, WORD, min_size=1, max_size=3),
            "on": st.booleans(),
            "size": st.sampled_from([1, 2]),
            "share": st.floats(0, 1),
        }
    )
)
def test_values_survive_a_file(values: dict[str, object]) -> None:
    text = write_csv([column.field for column in COLUMNS], [write_cells(values, COLUMNS)])
    read, refused = read_cells(read_table(text, "csv").rows[0], COLUMNS)
    assert refused == ()
    assert {name: value for name, value in read.items() if value is not None} == values


def test_a_column_is_found_under_its_other_names() -> None:
    row = read_table("LABELS,On?\na; b ;;a,Yes\n", "csv").rows[0]
    assert read_cells(row, COLUMNS) == ({"tags": ("a", "b"), "on": True}, ())
