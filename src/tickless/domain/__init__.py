"""The nouns of the product, one a file: frozen, versioned, without input or output."""
