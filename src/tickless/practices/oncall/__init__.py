"""On-call: turns, overrides, gaps, load, and whom to call next."""
