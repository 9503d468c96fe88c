"""Payload → Signal: read what arrived, keep it durably, drop repeats, put aside what can't be read."""
