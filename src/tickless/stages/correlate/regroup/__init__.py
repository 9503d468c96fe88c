"""What people put right in how alerts were grouped."""
