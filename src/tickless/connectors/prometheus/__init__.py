"""Prometheus: what it scrapes, as services and items of the map."""
