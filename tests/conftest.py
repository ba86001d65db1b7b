from pathlib import Path

import pytest

from rag.embedding.bundled import NAME, prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.settings import load_settings


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """The cache that the settings name, with the bundled model in it."""
    cache = load_settings().embedding.cache.expanduser()
    prepare_bundled(cache)
    return cache


@pytest.fixture(scope="session")
def embedder(model_cache: Path) -> OpenVinoEmbedder:
    """The real model on the default runtime."""
    return OpenVinoEmbedder(prepare_bundled(model_cache), model_cache, name=NAME)
