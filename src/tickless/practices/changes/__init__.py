"""Changes: how risky, what else is on, and what came of them."""
