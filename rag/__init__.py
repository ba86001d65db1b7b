"""Sourcier: questions answered from an organisation's documents, cited to the character."""
