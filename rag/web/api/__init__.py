"""The HTTP API: a noun a file, with its paths and what they take and give."""
