"""Whether a change of the code left every answer as it was, byte for byte.

``python -m eval.same_answers build/before.jsonl`` writes what every question of our set is
given; once the code has changed, ``python -m eval.same_answers build/after.jsonl --against
build/before.jsonl`` writes it again and fails where a line differs. Only what a user can
reach is used, the command line and the HTTP API, so that the same script runs on both trees.
Ids, times and generations are left out, as they are new every time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from eval.bench.server import running_server

_QUESTIONS: Final = Path(__file__).parent / "questions.jsonl"
_DOCUMENTS: Final = Path(__file__).parent.parent / "documents"
_APART: Final = "service-public"
"""The folder that is indexed as a collection of its own, so that some can be left out."""

_SCOPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "all": {},
    "one collection": {"collections": ["autres"]},
    "since 2026": {"filters": {"date_from": "2026-01-01"}},
}
_NEW_EVERY_TIME: Final = frozenset({"id", "generation", "timings_ms"})


def main() -> int:
    """Ask everything, write it down, hold it against what was written before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="where the answers go, a line each")
    parser.add_argument("--against", type=Path, help="answers written before, to be equal")
    parser.add_argument("--every", type=int, default=1, help="ask one question in so many")
    given = parser.parse_args()
    questions = [json.loads(line) for line in _QUESTIONS.read_text("utf-8").splitlines()]
    answers = _answers(questions[:: given.every])
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text("".join(f"{line}\n" for line in answers), "utf-8")
    return 0 if given.against is None else _differences(answers, given.against)


def _answers(questions: list[dict[str, Any]]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="sourcier-same-") as folder:
        index = Path(folder) / "index"
        for path in sorted(_DOCUMENTS.iterdir()):
            collection = path.name if path.name == _APART else "autres"
            _command("index", str(path), "--collection", collection, "--index", str(index))
        return [
            json.dumps(_bare(answer), ensure_ascii=False, sort_keys=True)
            for answer in (*_by_batch(questions, index), *_by_http(questions, index))
        ]


def _by_batch(questions: list[dict[str, Any]], index: Path) -> Iterator[dict[str, Any]]:
    lines = "".join(json.dumps(_asked(each) | {"id": each["id"]}) + "\n" for each in questions)
    for command in ("ask", "search"):
        said = _command(command, "--batch", "-", "--index", str(index), given=lines)
        for answer in said.splitlines():
            yield {"by": command, **json.loads(answer)}


def _by_http(questions: list[dict[str, Any]], index: Path) -> Iterator[dict[str, Any]]:
    with (
        running_server(index) as server,
        httpx.Client(base_url=f"http://{server.host}:{server.port}", timeout=60) as client,
    ):
        for question in questions:
            for name, scope in _SCOPES.items():
                asked = _asked(question) | dict(scope)
                answer = client.post("/v1/ask", json=asked).raise_for_status().json()
                yield {"by": f"HTTP, {name}", **answer}
            for method in ("hybrid", "dense", "lexical"):
                asked = {"query": question["question"], "method": method}
                found = client.post("/v1/search", json=asked).raise_for_status().json()
                yield {"by": f"HTTP, {method}", **found}


def _asked(question: Mapping[str, Any]) -> dict[str, Any]:
    history = question.get("history")
    return {"question": question["question"], **({"history": history} if history else {})}


def _command(*arguments: str, given: str | None = None) -> str:
    command = [sys.executable, "-m", "rag", *arguments]
    return subprocess.run(
        command, check=True, input=given, stdout=subprocess.PIPE, text=True
    ).stdout


def _bare(value: Any) -> Any:  # noqa: ANN401 – whatever JSON holds
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if key not in _NEW_EVERY_TIME}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _differences(answers: list[str], before: Path) -> int:
    expected = before.read_text("utf-8").removesuffix("\n").split("\n")
    differing = [
        number
        for number, (now, then) in enumerate(zip(answers, expected, strict=False), start=1)
        if now != then
    ]
    if not differing and len(answers) == len(expected):
        print(f"{len(answers)} answers, all equal.")
        return 0
    print(f"{len(answers)} answers for {len(expected)}; differing lines: {differing}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
