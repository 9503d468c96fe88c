"""Supervisor (supervisord): start, stop and restart the processes that it supervises."""
