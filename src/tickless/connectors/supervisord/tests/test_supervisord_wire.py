"""Answers are read without document types or entities, and anything odd is refused with the house's error."""

from xmlrpc.client import Fault, dumps

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.supervisord.wire import XmlRefused, answer, request

GOOD = dumps(({"statename": "RUNNING", "pid": 7},), methodresponse=True).encode()
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<methodResponse><params><param><value><string>&b;</string></value></param></params></methodResponse>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<methodResponse><params><param><value><string>&f;</string></value></param></params></methodResponse>"""


def test_an_answer_is_read() -> None:
    assert answer(GOOD) == {"statename": "RUNNING", "pid": 7}


def test_a_fault_is_a_fault() -> None:
    with pytest.raises(Fault) as told:
        answer(dumps(Fault(10, "BAD_NAME: x"), methodresponse=True).encode())
    assert told.value.faultCode == 10


@pytest.mark.parametrize("hostile", [BOMB, FILE, b"<!DOCTYPE html><html/>"])
def test_document_types_are_refused(hostile: bytes) -> None:
    with pytest.raises(XmlRefused, match="document type"):
        answer(hostile)


@pytest.mark.parametrize("odd", [b"", b"<html></html>", b"ok", GOOD[:-20], GOOD.replace(b"<int>7", b"<int>seven")])
def test_what_is_no_answer_is_refused(odd: bytes) -> None:
    with pytest.raises(XmlRefused):
        answer(odd)


@given(cut=st.integers(0, len(GOOD)), put=st.binary(max_size=12), skip=st.integers(0, 12))
def test_no_damage_raises_anything_else(cut: int, put: bytes, skip: int) -> None:
    try:
        answer(GOOD[:cut] + put + GOOD[cut + skip :])
    except (XmlRefused, Fault):
        return


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_a_name_stays_one_string(name: str) -> None:
    body = request("supervisor.getProcessInfo", name)
    assert body.count(b"<param>") == 1
    assert b"<!" not in body
