"""YAML text → documents that know their line. Total: any text gives documents, misfits, or both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tickless.sdk.capabilities.inventory import Misfit

MOST = 20_000
_MEND = "mend the YAML; what stands behind it in the file is left until then"


def documents_of(text: str, name: str) -> Iterator[tuple[str, Any] | Misfit]:
    """(`file:line`, document) for each document of a file. JSON is YAML too."""
    loader = yaml.SafeLoader(text) if text.isprintable() or _readable(text) else None
    if loader is None:
        yield Misfit(place=name, reason="has characters that YAML does not allow", mend="save it as plain text")
        return
    try:
        for _ in range(MOST):
            if not loader.check_node():
                return
            node = loader.get_node()
            if node is None:
                return
            place = f"{name}:{node.start_mark.line + 1}"
            try:
                document = loader.construct_document(node)
            except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
                yield Misfit(place=place, reason=_told(error), mend="mend this document")
                continue
            if document is not None:
                yield place, document
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        yield Misfit(place=f"{name}:{mark.line + 1}" if mark else name, reason=_told(error), mend=_MEND)
    finally:
        loader.dispose()


def _readable(text: str) -> bool:
    return yaml.reader.Reader.NON_PRINTABLE.search(text) is None


def _told(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error)
    return f"is no YAML: {str(problem)[:200]}"
