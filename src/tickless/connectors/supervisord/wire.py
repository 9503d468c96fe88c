"""XML-RPC answers, read by a parser that refuses document types: no entity can grow, no file can be named."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat
from xmlrpc.client import ResponseError, Unmarshaller, dumps

from tickless.domain.errors import Rejected


class XmlRefused(Rejected):
    """The answer is no XML-RPC, or tries something that XML-RPC does not need."""


def request(method: str, *arguments: str | int | bool) -> bytes:
    """The body of a call."""
    return dumps(arguments, method).encode()


def answer(body: bytes) -> Any:
    """The value in an answer. Raises `xmlrpc.client.Fault` for a fault, `XmlRefused` for everything else."""
    reader = Unmarshaller(use_builtin_types=True)
    reader.xml("", None)  # no encoding of its own: expat hands over text that is decoded already
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.Parse(body, True)
        values: Any = reader.close()
        (value,) = values
    except (
        expat.ExpatError,
        ResponseError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
    ) as error:
        raise XmlRefused("the answer is no XML-RPC", detail=type(error).__name__) from error
    return value


def _refuse(*_: Any) -> Any:
    raise XmlRefused("the answer holds a document type or an entity")
