"""Ways in, thin: parse, authenticate, authorise, call flow or read."""
