"""Files on disk: that they reach it, whole or not at all, and what the system refuses."""
