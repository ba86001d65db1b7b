"""Compiling the encoder's graph for this processor, and keeping the result."""

import hashlib
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rag.embedding.folders import alone_in
from rag.embedding.offline import quietly
from rag.errors import ModelCorruptError
from rag.storage.files import write_whole

_LOG = logging.getLogger(__name__)
_DRAFT = ".blob-"
_FORMS = "compiled-*.blob"
_KEPT_FORMS = 3
"""A folder shared by unlike machines needs several; each version of OpenVINO adds some."""

Precision = Literal["auto", "bf16", "f32"]


def compile_encoder(graph: Path, precision: Precision) -> Any:  # noqa: ANN401
    """The graph ready to run on the CPU, in one stream over all cores.

    The compiled form is kept beside the graph, one for each version of OpenVINO, processor
    and precision, for it opens four times as fast; whatever goes wrong with it, the graph
    is compiled again.

    Raises:
        ModelCorruptError: the graph cannot be read.
    """
    openvino = quietly("openvino")
    core = openvino.Core()
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _precision(core, precision),
    }
    kept = graph.with_name(_name(core, options, openvino.get_version()))
    if kept.is_file():
        try:
            blob = np.memmap(kept, dtype=np.uint8, mode="r")
            return core.import_model(openvino.Tensor(blob), "CPU", options)
        except (RuntimeError, OSError, ValueError) as error:
            _LOG.info("compiled form not used: %s", error)
    try:
        compiled = core.compile_model(graph, "CPU", options)
    except RuntimeError as error:
        raise ModelCorruptError(
            f"Le modèle préparé dans {graph.parent} est inutilisable : supprimez ce "
            "dossier, il sera préparé de nouveau."
        ) from error
    _keep(kept, compiled)
    return compiled


def _precision(core: Any, wanted: Precision) -> str:  # noqa: ANN401
    """bfloat16 where the processor multiplies in it; elsewhere it would be emulated."""
    if wanted != "auto":
        return wanted
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _name(core: Any, options: dict[str, str], version: str) -> str:  # noqa: ANN401
    parts = [
        version,
        core.get_property("CPU", "FULL_DEVICE_NAME"),
        " ".join(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")),
        repr(sorted(options.items())),
    ]
    return f"compiled-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.blob"


def _keep(path: Path, compiled: Any) -> None:  # noqa: ANN401
    """Write the compiled form whole or not at all; a full or read-only disk is no matter."""
    with suppress(OSError, RuntimeError), alone_in(path.parent):
        for leftover in path.parent.glob(_DRAFT + "*"):
            leftover.unlink()
        blob = compiled.export_model().getbuffer()
        write_whole(path, blob, draft=path.with_name(_DRAFT + path.name), mode=0o600)
        forms = sorted(path.parent.glob(_FORMS), key=lambda form: form.stat().st_mtime)
        for old in forms[:-_KEPT_FORMS]:
            old.unlink()
