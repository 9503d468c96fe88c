"""Shared pytest plugins. Fixtures live in the modules named here, not in this file."""

pytest_plugins = ["tests.servers.plugin", "tests.sample.resting"]
