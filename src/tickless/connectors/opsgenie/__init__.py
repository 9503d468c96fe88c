"""Opsgenie's alert API, as a server: its clients send and ask here by another base URL. Its own webhook, too."""
