"""Dovecot: mail quotas, and clearing out folders that may be cleared, by its administration API."""
