"""``python -m rag`` is ``sourcier``."""

from rag.cli.app import main

main()
