"""The organisation's own past: tickets of other systems, read in to be counted and mined."""
