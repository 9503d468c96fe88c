"""Two needs in one message: sentences of different intents, joined as people join them. The same for the same sentences."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tickless.ai import Example

JOINTS = (" and ", ", and ", " and also ", ". ", ", also ", " then ", " plus ", ", ", "? ")
SEED = 20_260


def pairs_of(said: Sequence[Example], count: int) -> list[tuple[str, Example, Example]]:
    """Message, first and second sentence."""
    pick = random.Random(SEED)
    found: list[tuple[str, Example, Example]] = []
    while len(found) < count:
        first, second = pick.choice(said), pick.choice(said)
        if first.label != second.label:
            found.append((first.text + pick.choice(JOINTS) + second.text, first, second))
    return found
