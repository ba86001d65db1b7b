from pathlib import Path

import pytest
from hypothesis import settings

from rag.embedding.bundled_model import NAME, prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.settings import load_settings

# A deadline would be a timed test: on a busy machine it fails for nothing.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


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
