"""The command as a user types it: a process of its own, with the real model."""

import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from rag.index.local.generation import open_generation
from tests.uploading import BUREAU, SALON, write


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    stdin: str | None = None,
    env: dict[str, str] | None = None,
) -> CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env={**os.environ, **(env or {})},
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    folder = tmp_path_factory.mktemp("bibliothèque été")
    write(folder / "files", {"salon.md": SALON, "bureau.md": BUREAU})
    done = run("index", folder / "files", "--index", folder / "index")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 documents" in done.stdout
    return folder


def ask(library: Path, *arguments: str | Path) -> CompletedProcess[str]:
    return run("ask", *arguments, "--index", library / "index")


def test_an_answer_as_json_has_the_shape_of_the_design(library: Path) -> None:
    done = ask(library, "Quand ouvre le salon de la donnée ?", "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer.keys() == {
        "id", "question", "asked_as", "answered", "verdict", "confidence", "mode", "text",
        "segments", "highlights", "citations", "hits", "index", "timings_ms",
    }  # fmt: skip
    assert answer["answered"] is True
    assert answer["mode"] == "extractive"
    assert "3 février 2026" in answer["text"]
    (citation, *_) = answer["citations"]
    assert citation.keys() >= {
        "number", "document_id", "document_version", "title", "source_url", "date", "page",
        "headings", "start", "end", "quote",
    }  # fmt: skip
    assert citation["title"] == "Salon de la donnée 2026"
    assert citation["source_url"] == "https://agence.example/salon"
    assert citation["date"] == "2026-01-12"
    assert answer["verdict"] == "answered"
    assert answer["hits"][0]["signals"].keys() == {"cosine", "bm25", "sentence", "reader"}
    assert answer["timings_ms"].keys() == {"embed", "retrieve", "read", "compose", "total"}


def test_an_answer_for_reading(library: Path) -> None:
    done = ask(library, "Qui préside le Bureau des cartes ?")
    assert done.returncode == 0
    assert "Jeanne Martin préside le Bureau des cartes depuis 2024. [1]" in done.stdout
    assert "[1] Bureau des cartes, 2025-06-01" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_an_abstention_says_so_and_shows_the_nearest(library: Path) -> None:
    done = ask(library, "Comment faire cuire une tarte aux pommes ?")
    assert done.returncode == 0
    assert "pas trouvé" in done.stdout
    assert "plus proches" in done.stdout
    answer = json.loads(
        ask(library, "Comment faire cuire une tarte aux pommes ?", "--json").stdout
    )
    assert answer["answered"] is False
    assert answer["verdict"] == "none"
    assert answer["citations"] == []
    assert answer["hits"]


def test_search_shows_signals(library: Path) -> None:
    done = run("search", "budget", "-k", "1", "--index", library / "index")
    assert done.returncode == 0
    assert "1. Bureau des cartes" in done.stdout
    assert "cosinus" in done.stdout
    found = json.loads(
        run("search", "budget", "-k", "1", "--json", "--index", library / "index").stdout
    )
    assert len(found["hits"]) == 1


def test_status_and_verify(library: Path) -> None:
    status = run("status", "--index", library / "index", "--json")
    assert json.loads(status.stdout)["manifest"]["documents"] == 2
    assert "multilingual-e5-small" in run("status", "--index", library / "index").stdout
    verify = run("verify", "--index", library / "index")
    assert (verify.returncode, verify.stdout) == (
        0,
        f"L'index de {library}/index est intact.\n",
    )


def test_verify_names_what_is_broken(library: Path, tmp_path: Path) -> None:
    run("index", library / "files", "--index", tmp_path / "index")
    (damaged,) = (tmp_path / "index").rglob("sentences.npy")
    data = bytearray(damaged.read_bytes())
    data[-1] ^= 1
    damaged.write_bytes(data)
    done = run("verify", "--index", tmp_path / "index")
    assert done.returncode == 1
    assert "sentences.npy" in done.stdout


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_batch_answers_in_order_and_reports_what_cannot_be_asked(
    library: Path, tmp_path: Path
) -> None:
    questions = [
        {"id": "b", "question": "Qui préside le Bureau des cartes ?"},
        {"id": 7, "question": ""},
        {"id": "a\ud800", "question": "Quand ouvre le salon ?"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)) + "\n\n", encoding="utf-8")
    done = ask(library, "--batch", file)
    assert done.returncode == 3
    found = lines(done.stdout)
    assert [each["id"] for each in found] == ["b", 7, "a\ud800"]
    assert "Jeanne Martin" in str(found[0]["text"])
    assert "vide" in str(found[1]["error"])
    single = json.loads(ask(library, "Quand ouvre le salon ?", "--json").stdout)
    assert found[2]["citations"] == single["citations"]


def test_a_batch_from_standard_input(library: Path) -> None:
    done = run(
        "search", "--batch", "-", "--index", library / "index",
        stdin='{"id": "x", "question": "budget"}\n',
    )  # fmt: skip
    assert done.returncode == 0
    (line,) = lines(done.stdout)
    assert line["id"] == "x"
    assert line["hits"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "aucune question"),
        ('{"id": "a", "question": "b"}\nnon\n', "ligne 2"),
        ('{"question": "b"}\n', "« id »"),
        ('{"id": true, "question": "b"}\n', "« id »"),
        ('{"id": "a"}\n', "« question »"),
        ("[1]\n", "objet"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_before_any_work(
    library: Path, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(text, encoding="utf-8")
    done = ask(library, "--batch", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.replace("\u00a0", " ")


def usage(arguments: Sequence[str | Path], said: str, code: int = 2) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "question", ["", "   ", "\u200b", "?", "\x07\x1b", os.fsdecode(b"\xed\xa0\x80")]
)
def test_an_empty_question(library: Path, question: str) -> None:
    usage(["ask", question, "--index", library / "index"], "vide")


def test_a_question_of_100_000_characters(library: Path) -> None:
    usage(["ask", "a" * 100_000, "--index", library / "index"], "100000")


def test_a_hostile_question_is_only_a_question(library: Path) -> None:
    hostile = "'; DROP TABLE documents; -- body:* AND (\"\x00".replace("\x00", "\x01")
    done = ask(library, hostile, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["hits"]


def test_wrong_usage_says_what_to_do(library: Path, tmp_path: Path) -> None:
    usage(["ask", "Quand ?", "--index", tmp_path / "vide"], "sourcier index", 1)
    usage(["index", tmp_path / "nulle-part", "--index", tmp_path / "i"], "nulle-part")
    usage(
        ["index", tmp_path, "--collection", "a/b", "--index", tmp_path / "i"], "barre oblique"
    )
    usage(["index", tmp_path, "--collection", " ", "--index", tmp_path / "i"], "vide")
    usage(["index", tmp_path, "--collection", "é" * 65, "--index", tmp_path / "i"], "64")
    usage(["ask", "--index", library / "index"], "QUESTION")
    usage(["ask", "a", "-k", "0", "--index", library / "index"], "-k")
    usage(["cherche"], "cherche")
    assert not (tmp_path / "i").exists()


def test_an_unknown_setting_is_refused(library: Path, tmp_path: Path) -> None:
    (tmp_path / "sourcier.toml").write_text("[answering]\nseuil = 1\n")
    done = run("ask", "a", "--index", library / "index", cwd=tmp_path)
    assert done.returncode == 2
    assert "answering.seuil" in done.stderr


def test_a_collection_has_one_name_however_it_is_typed(library: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "été")
        done = run("index", library / "files", "--collection", name, "--index", index)
        assert done.returncode == 0, done.stderr
    with open_generation(index) as generation:
        assert generation.manifest.collections == {"été": 2}


def test_a_stale_index_is_refused_with_the_command_that_mends_it(library: Path) -> None:
    done = run(
        "ask", "a ?", "--index", library / "index",
        env={"SOURCIER_CHUNKING__MAX_TOKENS": "64"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "sourcier index" in done.stderr


def test_files_left_out_are_named_and_the_rest_is_indexed(tmp_path: Path) -> None:
    write(tmp_path / "files", {"bureau.md": BUREAU, "vide.md": ""})
    done = run("index", tmp_path / "files", "--index", tmp_path / "index")
    assert done.returncode == 3
    assert "1 document dans" in done.stdout
    assert "vide.md" in done.stderr
    assert "Bureau" in run("search", "Bureau", "--index", tmp_path / "index").stdout


def test_help_teaches(library: Path) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("index", "ask", "search", "status", "verify"))
    assert "--prune" in run("index", "--help").stdout


def test_a_reader_that_leaves_is_no_error(library: Path) -> None:
    command = f"{sys.executable} -m rag search le -k 50 --json --index '{library}/index'"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -c 1 >/dev/null"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""


def test_killed_while_indexing_the_former_index_answers(library: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    run("index", library / "files", "--index", index)
    write(
        tmp_path / "more",
        {
            f"{n}.md": f"# Note {n}\n\n" + f"Le fait numéro {n} compte. " * 400
            for n in range(60)
        },
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "index", str(tmp_path / "more"), "--index", str(index)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while len(list((index / "generations").iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = run("ask", "Qui préside le Bureau des cartes ?", "--index", index)
    assert "Jeanne Martin" in done.stdout
    assert run("index", tmp_path / "more", "--index", index).returncode == 0
    assert len(list((index / "generations").iterdir())) == 1
    assert run("verify", "--index", index).returncode == 0


def test_interrupted_while_indexing(library: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    write(
        tmp_path / "more",
        {
            f"{n}.md": f"# Note {n}\n\n" + f"Le fait numéro {n} compte. " * 400
            for n in range(60)
        },
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "index", str(tmp_path / "more"), "--index", str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    deadline = time.monotonic() + 60
    while not (index / "generations").is_dir() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrompu" in stderr
    assert "Traceback" not in stderr
