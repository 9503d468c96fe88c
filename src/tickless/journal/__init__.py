"""Tables, migrations and repositories: the only SQL in the house."""
