"""Any HTTP service: is it healthy, what does it answer, and a request with an idempotency key."""
