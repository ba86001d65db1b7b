"""The service's paths, one module a noun."""
