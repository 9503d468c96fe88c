"""The JSON Schema of a runbook, for editors. `python -m tickless.stages.act.compiler_schema` prints it."""

from __future__ import annotations

import json
import sys
from typing import Any

from tickless.domain.runbook import Runbook
from tickless.stages.act.catalogue import shipped_catalogue


def runbook_schema() -> dict[str, Any]:
    """The model's own schema, with the names of the operations that ship as examples for `uses`."""
    schema = Runbook.model_json_schema(by_alias=True, mode="validation")
    examples = sorted(shipped_catalogue())
    for part in ("Step", "Check", "UndoStep"):
        schema["$defs"][part]["properties"]["uses"]["examples"] = examples
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The schema as the file in the documentation holds it."""
    return json.dumps(runbook_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
