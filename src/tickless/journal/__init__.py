"""Tables, migrations and repositories: the only SQL in the house."""

from tickless.journal.journal import Journal, Tx

__all__ = ["Journal", "Tx"]
