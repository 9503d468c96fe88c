"""People named by what they are to the writer: `my boss`, `our line manager`. Pure; the records say who that is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tickless.stages.understand.mention import Mention

MANAGER_WORDS = r"(?:manager|boss|supervisor|team ?lead|line manager|superior|head of department)"
KIN = (
    r"(?:assistant|secretary|deputy|wife|husband|partner|son|daughter|friend|colleague|co-?worker|team ?mate|team|report|"
    r"direct report|intern|trainee|boss|manager|supervisor|team ?lead|replacement|successor|pa|customer|client)s?"
)
"""What somebody can have who is somebody else."""
_MANAGER = re.compile(
    rf"\bmy (?:own |direct |line |new |current )?{MANAGER_WORDS}(?:'s|s')?(?!\w| ?'?s? {KIN}\b)", re.IGNORECASE
)


def find_relations(text: str, *, writer: str | None, managers: Mapping[str, str]) -> list[Mention]:
    """The writer's manager, wherever the text says `my boss`; nobody where the records have none."""
    manager = managers.get(writer or "")
    if manager is None:
        return []
    return [
        Mention(
            "person", at.start(), at.end(), re.sub(r"(?:'s|s')$", "", at.group()), manager, 0.9, (manager,), role=True
        )
        for at in _MANAGER.finditer(text)
    ]
