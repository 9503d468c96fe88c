"""Writes the API's description: `python -m tickless.doors.api.describe > docs/reference/openapi.json`."""

from __future__ import annotations

import json
import sys

from tickless.doors.api.application import describe


def document() -> str:
    """The OpenAPI document as it is committed: sorted, indented, with a line break at the end."""
    return json.dumps(describe(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
