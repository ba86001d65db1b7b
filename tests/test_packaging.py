import re
import tomllib
from importlib.metadata import distributions, version
from pathlib import Path

ROOT = Path(__file__).parent.parent


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {normal(name): pin for name, pin in pairs}


def test_torch_is_pinned_and_brings_no_cuda() -> None:
    installed = {normal(each.metadata["Name"]) for each in distributions()}
    assert version("torch").split("+")[0] == "2.13.0"
    assert not [name for name in installed if name.startswith(("nvidia-", "cuda-"))]
    assert "triton" not in installed


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {normal(re.split(r"[=<>\[;]", each)[0]) for each in wanted}
    assert names <= pinned().keys()


def test_what_is_installed_is_what_is_pinned() -> None:
    pins = pinned()
    installed = {
        normal(each.metadata["Name"]): each.version.split("+")[0] for each in distributions()
    }
    different = {
        name: (installed[name], pin)
        for name, pin in pins.items()
        if name in installed and installed[name] != pin
    }
    assert different == {}
