"""What the figures were taken on."""

import os
import platform
from pathlib import Path

_BF16 = ("avx512_bf16", "amx_bf16")


def describe_machine() -> None:
    """Print the processor, its cores, and whether it computes in bfloat16."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    flags = {flag for line in lines if line.startswith("flags") for flag in line.split()}
    native = [flag for flag in _BF16 if flag in flags]
    print(
        f"{names[0] if names else platform.processor()}, {len(os.sched_getaffinity(0))} cores"
    )
    print(f"bfloat16: {', '.join(native) or 'no'}; Python {platform.python_version()}")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}")
