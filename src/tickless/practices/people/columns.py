"""What files of people, apps and devices may call their columns."""

from __future__ import annotations

from tickless.kit.cells import Column

IDENTITY = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"
IDENTITY_SAYS = "letters, digits and . _ @ -, at most 64"
_EMPLOYMENT = (
    ("employee", "employee"), ("permanent", "employee"), ("internal", "employee"), ("staff", "employee"),
    ("contractor", "contractor"), ("external", "contractor"), ("temporary", "contractor"),
    ("service", "service"), ("service account", "service"),
)  # fmt: skip
_APPROVAL = (("none", "none"), ("no", "none"), ("manager", "manager"), ("owner", "owner"))


def _identity(*names: str) -> Column:
    return Column("id", names, needed=True, pattern=IDENTITY, pattern_says=IDENTITY_SAYS, most=64)


PEOPLE = (
    _identity("person id", "employee id", "employee number", "personnel number"),
    Column("username", ("login", "login name", "user", "user id", "uid", "account", "sAMAccountName"), needed=True),
    Column("name", ("full name", "display name", "cn"), needed=True),
    Column("nicknames", ("nickname", "called", "also called"), "list"),
    Column("email", ("mail", "e-mail address", "mail address"), needed=True, pattern=r"[^\s@]+@[^\s@]+",
           pattern_says="an address such as anna@example.org"),
    Column("phone", ("mobile", "mobile phone", "telephone", "telephone number", "phone number"),
           pattern=r"\+?[0-9 ()/.-]{3,40}", pattern_says="a number such as +49 30 1234567"),
    Column("department", ("dept", "department name")),
    Column("title", ("job title", "position", "role")),
    Column("location", ("office", "site", "city")),
    Column("manager", ("manager id", "manager username", "manager email", "reports to", "supervisor")),
    Column("employment", ("employment type", "employee type"), "choice", choices=_EMPLOYMENT),
    Column("groups", ("group", "member of"), "list"),
    Column("active", ("enabled", "status"), "flag"),
    Column("privileged", ("admin", "administrator"), "flag"),
    Column("belongs_to", ("belongs to", "owner", "owned by", "account of", "second account of")),
)  # fmt: skip

APPS = (
    _identity("app id"),
    Column("name", ("app", "application", "app name"), needed=True),
    Column("aliases", ("alias", "also called"), "list"),
    Column("group", ("directory group",)),
    Column("package", ("package name",)),
    Column("approval", ("approved by", "approver"), "choice", choices=_APPROVAL),
    Column("owner", ("owner id", "owner username", "owner email")),
    Column("departments", ("department", "eligible"), "list"),
    Column("licensed", ("needs licence", "needs license"), "flag"),
)

DEVICES = (
    _identity("device id"),
    Column("tag", ("asset tag", "inventory number"), needed=True),
    Column("kind", ("type", "device type"), needed=True),
    Column("model", ("device model",), needed=True),
    Column("owner", ("assigned to", "user", "owner id", "owner username", "owner email")),
    Column("issued", ("issued at", "issued on", "assigned at", "handed out"), "moment"),
)
