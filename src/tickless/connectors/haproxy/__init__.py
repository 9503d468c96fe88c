"""HAProxy: how backends and servers stand, and taking servers in and out, by its runtime API."""
