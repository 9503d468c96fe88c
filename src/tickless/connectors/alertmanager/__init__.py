"""Prometheus Alertmanager: its webhook, its own API as a server of ours, its alerts and its silences."""
