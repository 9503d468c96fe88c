"""What files of services, dependencies and configuration items may call their columns."""

from __future__ import annotations

from tickless.kit.cells import Column

_KINDS = tuple((name, name) for name in ("business", "application", "platform", "infrastructure"))
_CRITICALITY = (
    ("1", 1), ("2", 2), ("3", 3), ("4", 4), ("mission critical", 1), ("critical", 1), ("high", 2), ("medium", 3), ("low", 4),
)  # fmt: skip
_ENVIRONMENT = (
    ("prod", "prod"), ("production", "prod"), ("live", "prod"), ("stage", "stage"), ("staging", "stage"), ("test", "stage"),
    ("qa", "stage"), ("dev", "dev"), ("development", "dev"),
)  # fmt: skip
_LIFECYCLE = (
    ("planned", "planned"), ("live", "live"), ("retiring", "retiring"), ("retired", "retired"), ("design", "planned"),
    ("experimental", "live"), ("production", "live"), ("operational", "live"), ("deprecated", "retiring"),
)  # fmt: skip

SERVICES = (
    Column("id", ("service id",), needed=True, pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", most=64,
           pattern_says="letters, digits and . _ -, at most 64"),
    Column("name", ("service", "service name"), needed=True),
    Column("aliases", ("alias", "also called"), "list"),
    Column("kind", ("type", "service type"), "choice", choices=_KINDS),
    Column("criticality", ("business criticality", "importance"), "choice", choices=_CRITICALITY),
    Column("environment", ("env",), "choice", choices=_ENVIRONMENT),
    Column("owner", ("owner id", "owner username", "owner email", "service owner")),
    Column("team", ("support team", "support group")),
    Column("users", ("user groups", "used by"), "list"),
    Column("description", (), most=2_000),
    Column("system", ("part of system", "product")),
    Column("supplier", ("supplier id", "provided by", "vendor")),
    Column("lifecycle", ("state", "status", "lifecycle state"), "choice", choices=_LIFECYCLE),
    Column("hours", ("support hours", "support window", "business hours", "service hours")),
)  # fmt: skip

SUPPLIERS = (
    Column("id", ("supplier id",), needed=True, pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", most=64,
           pattern_says="letters, digits and . _ -, at most 64"),
    Column("name", ("supplier", "company"), needed=True),
    Column("contact", ("e-mail", "email", "phone", "hotline")),
    Column("hours", ("support hours", "support window")),
    Column("escalation", ("escalation contact", "escalate to"), most=500),
)  # fmt: skip

DEPENDENCIES = (
    Column("service", ("from", "dependent", "parent"), needed=True),
    Column("needs", ("to", "depends on", "child"), needed=True),
    Column("source", ("found by", "discovered by")),
    Column("confidence", (), "share"),
    Column("last_seen", ("seen", "seen at", "discovered at"), "moment"),
)

ITEMS = (
    Column("id", ("item id", "ci", "ci id"), needed=True, pattern=r"[A-Za-z0-9][^\s]{0,63}", most=64,
           pattern_says="begins with a letter or digit, has no spaces, at most 64 characters"),
    Column("kind", ("type", "class", "ci type"), needed=True),
    Column("name", ("item", "ci name"), needed=True),
    Column("service", ("service id", "part of"),),
    Column("attributes", ("attribute", "properties"), "pairs"),
)  # fmt: skip
