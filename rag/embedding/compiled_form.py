"""OpenVINO graphs ready to run on the CPU, in the form that was compiled the last time."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from rag.embedding.model_cache import alone_in
from rag.embedding.offline import quietly
from rag.storage.files import write_whole

_LOG = logging.getLogger(__name__)
_DRAFT: Final = ".blob-"
_FORMS: Final = "compiled-*.blob"
_KEPT: Final = 3
"""A folder shared by unlike machines needs several; each version of OpenVINO adds some."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

Precision = Literal["auto", "bf16", "f32"]
"""``auto`` takes bfloat16 where the processor computes in it."""


def compile_once(
    folder: Path,
    graph: Callable[[], Any],
    precision: Precision,
    more: Mapping[str, str] = _NOTHING,
) -> Any:  # noqa: ANN401
    """The graph ready to run, in one stream over all cores.

    The compiled form is kept in ``folder``, which is of this graph alone: one for each
    version of OpenVINO, processor and options, for it opens four times as fast. Whatever
    goes wrong with it, the graph is compiled again.

    Args:
        folder: where compiled forms are kept; made if it can be.
        graph: gives the file of the graph, or the graph.
        precision: what is computed in.
        more: further options of OpenVINO's.

    Raises:
        RuntimeError: it is no graph.
    """
    openvino = quietly("openvino")
    core = openvino.Core()
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _precision(core, precision),
        **more,
    }
    kept = folder / _name(core, options, openvino.get_version())
    if kept.is_file():
        try:
            blob = np.memmap(kept, dtype=np.uint8, mode="r")
            return core.import_model(openvino.Tensor(blob), "CPU", options)
        except (RuntimeError, OSError, ValueError) as error:
            _LOG.info("compiled form not used: %s", error)
    compiled = core.compile_model(graph(), "CPU", options)
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
    with suppress(OSError, RuntimeError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(path.parent):
            for leftover in path.parent.glob(_DRAFT + "*"):
                leftover.unlink()
            blob = compiled.export_model().getbuffer()
            write_whole(path, blob, draft=path.with_name(_DRAFT + path.name), mode=0o600)
            forms = sorted(path.parent.glob(_FORMS), key=lambda form: form.stat().st_mtime)
            for old in forms[:-_KEPT]:
                old.unlink()
