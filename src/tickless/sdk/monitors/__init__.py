"""How monitors speak, wherever they are heard: by webhook or by mail."""
