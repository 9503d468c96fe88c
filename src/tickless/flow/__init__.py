"""The durable story: `resolution.py` is the whole product on one page."""
