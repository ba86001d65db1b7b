"""Reads evaluation sets: our own questions, BEIR folders, SQuAD files."""
