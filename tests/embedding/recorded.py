"""Whether a prepared folder holds what its record says, byte for byte."""

from pathlib import Path

from rag.embedding.model_cache import file_digest, recorded_digests


def is_as_recorded(folder: Path) -> bool:
    recorded = recorded_digests(folder)
    found = {name: file_digest(folder / name) for name in recorded}
    return bool(recorded) and found == recorded
