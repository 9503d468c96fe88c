"""What a file of catalogue items may call its columns."""

from __future__ import annotations

from tickless.kit.cells import Column

CATALOGUE = (
    Column("id", ("item id",), needed=True, pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", most=64,
           pattern_says="letters, digits and . _ -, at most 64"),
    Column("name", ("item", "title"), needed=True),
    Column("summary", ("description", "what it is"), needed=True, most=2_000),
    Column("category", ("group", "section")),
    Column("need", ("intent", "leads to"), needed=True),
    Column("says", ("examples", "how people ask"), "list", most=300),
    Column("inputs", ("settles",), "pairs"),
    Column("departments", ("eligible departments", "for departments"), "list"),
    Column("employment", ("eligible employment",), "list"),
    Column("approval", ("approved by",)),
    Column("lead_time", ("takes", "how long")),
    Column("support", ("support boundary", "supported"), most=2_000),
    Column("owner", ("owner id", "owner username", "owner email")),
    Column("service", ("service id",)),
    Column("cost", ("price",)),
    Column("active", ("offered",), "flag"),
)  # fmt: skip
