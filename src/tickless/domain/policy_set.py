"""A set of policies as it was in force: its files, and where they came from."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record


class PolicySet(Record):
    """Kept whole, so that last year's decision can be explained, and asked again, with the policies of last year."""

    version: Literal[1] = 1
    id: str
    """Version: the first characters of the hash, after the commit where the folder is in git: `4f2a91c03b7e+9d41…`."""
    profile: str = ""
    files: dict[str, str]
    """Name → text, the schema among them."""
    digest: str
    commit: str = ""
    authors: tuple[str, ...] = ()
    """Who wrote, and who signed off, the commit."""
    at: AwareDatetime
    """When it came into force here first."""
