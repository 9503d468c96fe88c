"""Named questions and statements on SQLite and PostgreSQL, and PostgreSQL's connections as pools."""
