"""Grafana: the webhook of its unified alerting, and the one that dashboards' alerts sent before."""
