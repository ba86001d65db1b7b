"""Other processes that use the same records, and small disks."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """A Python of its own; it may say and be told lines."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )


def told(process: subprocess.Popen[str]) -> str:
    """The next line that it says."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def tell(process: subprocess.Popen[str]) -> None:
    """Have it go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> str:
    """The rest of what it says."""
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said


def fill(disk: Path) -> Path:
    """Leave no room on a disk; the file that takes it."""
    filler = disk / "reste"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            _write_all(file.write, b"x" * size)
    return filler


def _write_all(write: Callable[[bytes], object], block: bytes) -> None:
    try:
        while write(block):
            pass
    except OSError:
        return


def mounted(place: Path, size: str) -> Iterator[Path | None]:
    """A disk of this size, None where none can be mounted."""
    place.mkdir()
    arguments = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    try:
        subprocess.run(arguments, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    yield place
    subprocess.run(["umount", str(place)], check=True)


def open_files() -> int:
    """How many this process has open."""
    return len(os.listdir("/proc/self/fd"))
