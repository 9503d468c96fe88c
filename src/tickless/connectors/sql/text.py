"""`:name` placeholders in SQL text: found outside of strings, comments and casts, and turned into a driver's own form."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""'(?:[^']|'')*'            # a string
      | "(?:[^"]|"")*"            # a quoted name
      | \$(\w*)\$.*?\$\1\$        # a dollar-quoted string
      | --[^\n]*                  # a comment to the end of the line
      | /\*.*?\*/                 # a comment
      | ::                        # a cast
      | :(?P<name>[A-Za-z_]\w*)   # a parameter
    """,
    re.VERBOSE | re.DOTALL,
)


def placeholders(sql: str) -> frozenset[str]:
    """Names of the parameters in a text."""
    return frozenset(match["name"] for match in _TOKEN.finditer(sql) if match["name"])


def for_psycopg(sql: str) -> str:
    """`:name` → `%(name)s`, and every other `%` doubled."""
    parts: list[str] = []
    end = 0
    for match in _TOKEN.finditer(sql):
        parts.append(sql[end : match.start()].replace("%", "%%"))
        parts.append(f"%({match['name']})s" if match["name"] else match.group().replace("%", "%%"))
        end = match.end()
    return "".join([*parts, sql[end:].replace("%", "%%")])
