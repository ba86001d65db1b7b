"""Turning texts into vectors: the bundled model, and the runtimes that run any model."""
