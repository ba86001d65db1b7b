"""The pages that people read, one module each, and what they share."""
