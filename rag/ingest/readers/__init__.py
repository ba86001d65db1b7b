"""Readers, one module a format; ``registry`` chooses among them."""
