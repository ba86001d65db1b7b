"""How a command's failure is told, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("failing", "told", "untold"),
    [
        ("open('/nowhere/at-all')", "n'existe pas. Vérifiez ce chemin.", "droits"),
        ("open('/')", "c'est un dossier. Vérifiez ce chemin.", "place"),
        ("open('/dev/full', 'w', 1).write('x\\n')", "le disque est plein. Libérez", "droits"),
    ],
)
def test_what_the_system_refuses_is_said_in_french(
    failing: str, told: str, untold: str
) -> None:
    code = f"from rag.cli.process import run_command\nrun_command(lambda: {failing})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert untold not in done.stderr
    assert "No such" not in done.stderr
