"""The command from nothing to an answer, and what it holds in memory."""

import subprocess
import sys
from statistics import median

from eval.bench.machine import heading
from rag.settings import Settings

_LAUNCH = """
import os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, _, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - started, usage.ru_maxrss)
"""
"""Run from a small process: a child's peak counts what its parent held when it forked."""

_COMMANDS = {
    "sourcier --help": ["--help"],
    "sourcier ask": ["ask", "Quand et où se tient le Cyber-IA Expo 2026 ?"],
}


def measure_start(settings: Settings, rounds: int) -> None:
    """Run the command as a person would, files in the system's cache."""
    heading(f"Cold start of the command, {rounds} runs each")
    for name, arguments in _COMMANDS.items():
        taken, resident = [], []
        for _ in range(rounds):
            seconds, kibibytes = _run([*arguments, *_index(settings, arguments)])
            taken.append(seconds)
            resident.append(kibibytes / 1024)
        print(f"  {name:18} {median(taken):6.2f} s   peak resident {max(resident):.0f} MiB")


def _index(settings: Settings, arguments: list[str]) -> list[str]:
    return ["--index", str(settings.index.directory)] if arguments[0] == "ask" else []


def _run(arguments: list[str]) -> tuple[float, int]:
    command = [sys.executable, "-c", _LAUNCH, sys.executable, "-m", "rag", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, kibibytes = done.stdout.split()
    return float(seconds), int(kibibytes)
