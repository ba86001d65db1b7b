"""Measures how good retrieval, answers, citations and abstention are."""
