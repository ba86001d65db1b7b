"""Writes what a run found: a page for people, and files for machines."""
