"""Which roles come with a directory's groups. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tickless.journal.access import Role


def roles_of_groups(groups: Iterable[str], known: Mapping[str, tuple[Role, ...]]) -> tuple[Role, ...]:
    """In the order of the groups, each once."""
    return tuple(dict.fromkeys(role for group in groups for role in known.get(group, ())))
