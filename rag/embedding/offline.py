"""Keeping the libraries quiet: no telemetry, no warnings about their own threads."""

import importlib
import os
import sys
from typing import Any

_VARIABLES = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}


def quietly(module: str) -> Any:  # noqa: ANN401
    """Import a library that would otherwise report its use over the network.

    openvino, transformers, sentence_transformers and huggingface_hub are imported this way
    and no other.

    Raises:
        ImportError: it is not installed.
    """
    silence_libraries()
    return importlib.import_module(module)


def silence_libraries() -> None:
    """Switch telemetry off for the whole process; calling it again changes nothing.

    Importing openvino sends an event over the network from a thread of its own. It falls
    back on a stub where its telemetry package cannot be imported, so that is arranged.
    A variable that the user has set is left alone, but for telemetry.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
