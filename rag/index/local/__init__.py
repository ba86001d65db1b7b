"""The index: built whole in a new generation, published by one rename, opened read-only."""
