"""The reader: a question and a passage read together, by a small network of our own."""
