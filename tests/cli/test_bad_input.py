"""The command in the hands of a hostile stranger: bad files, folders, disks, questions."""

import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

import pytest

from rag.errors import SourcierError
from rag.ingest.reading import read_document, read_file
from rag.settings import LimitSettings
from rag.types import Document
from rag.updating.folder_sync import FolderSync, SyncRequest
from tests.cli.test_app import run
from tests.ingest.readers.files import (
    encrypted_pdf,
    lines_pdf,
    picture_pdf,
    sample_word_file,
    with_part,
    zip_file,
)
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, settings, update, write

LEVELS = 100_000
HUGE = 200_000_000
PATIENCE = 90.0
"""Seconds a command may take on a machine that is busy with other work."""
MEMORY = 1_200_000_000
NEVER = ("Traceback", "Erreur inattendue", "panicked", "Exception ignored", "\x1b")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    seconds: float
    memory: int


def command(
    *arguments: str | Path,
    prefix: Sequence[str] = (),
    before: Callable[[], None] | None = None,
    patience: float = PATIENCE,
) -> Outcome:
    """Run the command, and see how long it takes and how much memory it holds at most."""
    started, memory = time.monotonic(), 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "rag", *map(os.fsencode, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=before,
        )
        while process.poll() is None:
            memory = max(memory, peak(process.pid))
            if time.monotonic() - started > patience:
                process.kill()
                process.wait()
                pytest.fail(f"still running after {patience} s: {arguments}")
            time.sleep(0.02)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8"))
    seen = Outcome(process.returncode, texts[0], texts[1], time.monotonic() - started, memory)
    for word in NEVER:
        assert word not in seen.out + seen.err, seen.err
    assert seen.memory < MEMORY
    return seen


def peak(process: int) -> int:
    """Most memory the process has held so far, in bytes."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(each.split()[1]) * 1024 for each in lines if "VmHWM" in each), 0)


def answers(index: Path) -> None:
    """The sound documents of the folder answer, and the index is whole."""
    asked = command("ask", "Qui préside le Bureau des cartes ?", "--index", index)
    assert (asked.code, asked.err) == (0, "")
    assert "Jeanne Martin préside le Bureau des cartes" in asked.out
    assert command("verify", "--index", index).code == 0


def reasons(err: str) -> dict[str, str]:
    """The reason given on stderr for each path."""
    heading, *rows = err.splitlines()
    assert re.search(r"laissés? de côté\W*$", heading), err
    pairs = [re.split("[ \xa0]: ", row.strip(), maxsplit=1) for row in rows]
    assert all(reason.endswith(".") for _, reason in pairs)
    return {path: reason for path, reason in pairs}


def sparse(path: Path, start: bytes) -> None:
    path.write_bytes(start)
    os.truncate(path, HUGE)


# Files that are left out, each with its reason


def bomb(declared: int | None = None) -> bytes:
    """A Word file of a few hundred kilobytes whose text unpacks to 300 MB."""
    data = with_part(sample_word_file(), "word/document.xml", b" " * 300_000_000)
    if declared is None:
        return data
    return data.replace((300_000_000).to_bytes(4, "little"), declared.to_bytes(4, "little"))


def laughing_docx() -> bytes:
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    xml = f'<!DOCTYPE d [<!ENTITY l0 "ha">{"".join(names)}]><d>&l9;</d>'
    return with_part(sample_word_file(), "word/document.xml", xml.encode())


LEFT_OUT: dict[str, tuple[Callable[[], bytes], str]] = {
    "vide.md": (lambda: b"", "vide"),
    "blanc.txt": (lambda: b" \n\t\r\n" * 100, "vide"),
    "binaire.txt": (lambda: bytes(range(256)) * 400, "binaire"),
    "image.md": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00\x01\xfe" * 500, "binaire"),
    "archive.txt": (lambda: zip_file({"a.txt": b"Texte."}), "extension"),
    "tronqué.pdf": (lambda: lines_pdf(["Une page."] * 9)[:-700], "endommagé"),
    "entête.pdf": (lambda: b"%PDF-1.7\n", "endommagé"),
    "faux.pdf": (lambda: b"Du texte, et rien d'un PDF.", "extension"),
    "chiffré.pdf": (encrypted_pdf, "mot de passe"),
    "scan.pdf": (picture_pdf, "numérisation"),
    "blanche.pdf": (lambda: lines_pdf([]), "vides"),
    "bombe.docx": (bomb, "volume"),
    "bombe qui ment.docx": (lambda: bomb(1000), "endommagé"),
    "entités.docx": (laughing_docx, "endommagé"),
    "faux.docx": (lambda: b"Pas un ZIP.", "extension"),
    "tronqué.docx": (lambda: sample_word_file()[:5000], "endommagé"),
    "autre zip.docx": (lambda: zip_file({"a.txt": b"Texte."}), "endommagé"),
    "ancien.docx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "ancien"),
    "photo.jpg": (lambda: b"\xff\xd8\xff", ".jpg"),
    "sans extension": (lambda: b"Texte.", "sans extension"),
    "\x1b[31mrouge\x07.txt": (lambda: b"", "vide"),
}
OTHERS = {
    "énorme.txt": "200,0\xa0Mo",
    "énorme.pdf": "200,0\xa0Mo",
    "dehors.md": "extérieur",
    "dossier dehors": "extérieur",
    "rompu.md": "",
    "rond.md": "",
    "tube.md": "ordinaire",
    "prise.md": "ordinaire",
}


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> tuple[Path, Outcome]:
    """A folder with all that is wrong and two sound documents, indexed."""
    folder = tmp_path_factory.mktemp("hostile")
    files = folder / "é à\nsuite"
    write(files, {"salon.md": SALON, "bureau.md": BUREAU})
    write(files, {"un été à\nla mer.md": "# Plage\n\nLa plage ferme le 9 mai 2031.\n"})
    Path(os.fsdecode(os.fsencode(files) + b"/non utf-8 \xe9\xff.txt")).write_bytes(
        "Le phare ouvre le 4 juin 2032.\n".encode("cp1252")
    )
    for name, (content, _) in LEFT_OUT.items():
        (files / name).write_bytes(content())
    sparse(files / "énorme.txt", b"Le texte commence.\n")
    sparse(files / "énorme.pdf", b"%PDF-1.7\n")
    write(folder / "secret", {"secret.md": "# Secret\n\nLe mot de passe est tournesol.\n"})
    links = {
        "boucle": files, "dehors.md": folder / "secret/secret.md",
        "dossier dehors": folder / "secret", "rompu.md": files / "nulle part.md",
        "rond.md": files / "rond.md",
    }  # fmt: skip
    for name, target in links.items():
        (files / name).symlink_to(target)
    os.mkfifo(files / "tube.md")
    with chdir(files), socket.socket(socket.AF_UNIX) as bound:
        bound.bind("prise.md")
    done = command("index", files, "--index", folder / "index")
    return folder / "index", done


def test_the_rest_of_a_hostile_folder_is_indexed(hostile: tuple[Path, Outcome]) -> None:
    index, done = hostile
    assert done.code == 3, done.err
    assert "4 documents dans" in done.out
    answers(index)
    for question, said in (
        ("Quand ferme la plage ?", "9 mai 2031"),
        ("Quand ouvre le phare ?", "4 juin 2032"),
    ):
        found = command("search", question, "-k", "1", "--json", "--index", index)
        assert said in json.loads(found.out)["hits"][0]["text"]


def test_every_bad_file_is_named_with_its_reason(hostile: tuple[Path, Outcome]) -> None:
    told = {
        path.split("suite/")[-1]: reason for path, reason in reasons(hostile[1].err).items()
    }
    expected = {name: said for name, (_, said) in LEFT_OUT.items()} | OTHERS
    shown = {name.replace("\x1b", "\\x1b").replace("\x07", "\\x07") for name in expected}
    assert told.keys() == shown
    given = {
        name: told[name.replace("\x1b", "\\x1b").replace("\x07", "\\x07")] for name in expected
    }
    wrong = {
        name: given[name]
        for name, said in expected.items()
        if said.casefold() not in given[name].casefold()
    }
    assert wrong == {}


def test_what_a_link_leads_to_outside_is_not_published(hostile: tuple[Path, Outcome]) -> None:
    found = command("search", "mot de passe tournesol", "--json", "--index", hostile[0])
    assert "tournesol" not in json.dumps(json.loads(found.out)["hits"])


def test_no_bad_file_is_held_in_memory(hostile: tuple[Path, Outcome], tmp_path: Path) -> None:
    write(tmp_path / "files", {"salon.md": SALON, "bureau.md": BUREAU})
    plain = command("index", tmp_path / "files", "--index", tmp_path / "index")
    assert plain.code == 0
    assert hostile[1].memory < plain.memory + 150_000_000


def test_status_repeats_the_reasons(hostile: tuple[Path, Outcome]) -> None:
    done = command("status", "--json", "--index", hostile[0])
    assert len(json.loads(done.out)["skipped"]) == len(LEFT_OUT) + len(OTHERS)


def test_a_text_over_a_lower_limit(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "files", {"bureau.md": BUREAU, "long.txt": "Une phrase. " * 1000})
    monkeypatch.setenv("SOURCIER_LIMITS__FILE_BYTES", "10000")
    done = command("index", tmp_path / "files", "--index", tmp_path / "index")
    assert done.code == 3
    (reason,) = reasons(done.err).values()
    assert "limits.file_bytes" in reason


def test_nothing_but_bad_files(tmp_path: Path, model_cache: Path) -> None:
    write(tmp_path / "files", {"vide.md": "", "photo.jpg": "x"})
    done = command("index", tmp_path / "files", "--index", tmp_path / "index")
    assert done.code in {1, 3}
    assert all(name in done.err for name in ("vide.md", "photo.jpg"))


# Texts made to exhaust the reader


def nested(opening: str, closing: str = "", levels: int = LEVELS) -> str:
    return f"{opening * levels}fin{closing * levels}"


def front(matter: str) -> str:
    return f"---\n{matter}\n---\n\n"


EXHAUSTING = {
    "divs.html": nested("<div>", "</div>"),
    "divs ouverts.html": nested("<div>"),
    "gras.html": nested("<b>"),
    "listes.html": nested("<ul><li>"),
    "tableaux.html": nested("<table><tr><td>"),
    "inconnus.html": nested("<x-y>"),
    "fermetures sans ouverture.html": nested("<div></i>"),
    "choix.html": f"<select>{nested('<option>')}",
    "attributs.html": f"<p {' '.join(f'a{n}=1' for n in range(LEVELS))}>fin",
    "citations.md": nested("> "),
    "listes.md": nested("- "),
    "crochets.md": nested("[", "]", levels=LEVELS // 10),
    "images.md": nested("![", levels=LEVELS // 10),
    "liens.md": nested("[a](", levels=LEVELS // 10),
    "étoiles.md": nested("**a_ ", levels=LEVELS // 10),
    "accents graves.md": " ".join("`" * n for n in range(1, 200)),
    "commentaires.md": nested("a <!-- ", levels=LEVELS // 10),
    "marches.md": "\n".join(f"{' ' * n}- a" for n in range(1000)),
    "tabulations.txt": nested("\t"),
    "soulignés.txt": nested("_"),
    "alias.md": front(
        'a0: &a0 ["ha", "ha"]\n'
        + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
        + "\ntitle: *a11"
    ),
    "yaml profond.md": front(f"title: {'[' * 60_000}"),
    "fusion.md": front("a: &a {b: c}\n" + "\n".join("<<: *a" for _ in range(5000))),
    "entier.md": front(f"categories: 0x{'f' * 60_000}\ntitle: 0x{'f' * 60_000}"),
    "date.md": front("date: 0001-01-01T00:00:00+23:59\nupdated: 2024-99-99"),
    "objet.md": front('title: !!python/object/apply:os.system ["touch piège"]'),
    "surrogat.md": front('title: "a\\ud800\\0b"'),
}


def test_texts_made_to_exhaust_the_reader(tmp_path: Path, model_cache: Path) -> None:
    files = tmp_path / "files"
    write(files, {"bureau.md": BUREAU} | EXHAUSTING)
    for path in files.glob("*.md"):
        if path.read_text().startswith("---\n") and path.name != "bureau.md":
            with path.open("a") as file:
                file.write(f"# {path.stem}\n\nLe jeton {path.stem} vaut 1.\n")
    with chdir(tmp_path):
        done = command("index", files, "--index", tmp_path / "index")
        assert not (tmp_path / "piège").exists()
    assert done.code in {0, 3}, done.err
    if done.code == 3:
        left_out = {Path(path).name for path in reasons(done.err)}
        # A bad head costs the head, never the body.
        assert not {name for name in left_out if EXHAUSTING[name].startswith("---")}
    answers(tmp_path / "index")


def test_lines_without_end(tmp_path: Path, model_cache: Path) -> None:
    write(tmp_path / "files", {"bureau.md": BUREAU, "mots.html": "<p>" + "mot " * 20_000})
    (tmp_path / "files/lettre.txt").write_bytes(b"a" * 10_000_000)
    done = command("index", tmp_path / "files", "--index", tmp_path / "index")
    assert (done.code, done.err) == (0, "")
    answers(tmp_path / "index")


# Files that change under the reader's eyes


def taken(tmp_path: Path, change: Callable[[Path], None]) -> list[tuple[str, str]]:
    """Index two files, one of which changes once it was listed."""
    write(tmp_path / "files", {"bureau.md": BUREAU, "salon.md": SALON})
    chosen = settings(tmp_path / "index")
    request = SyncRequest([tmp_path / "files"], "documents")
    sync = FolderSync(request, LittleEmbedder(), chosen.chunking, chosen.limits)
    change(tmp_path / "files" / "bureau.md")
    assert [entry.document.title for entry in sync.entries(None)] == ["Salon de la donnée 2026"]
    return [(Path(each.path).name, each.reason) for each in sync.skipped]


def to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def to_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Path.unlink, "disparu"),
        (to_pipe, "ordinaire"),
        (to_folder, "ordinaire"),
        (to_link, "refuse"),
        (lambda path: path.write_bytes(b""), "vide"),
    ],
)
def test_a_file_that_changes_once_listed(
    tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    ((name, reason),) = taken(tmp_path, change)
    assert name == "bureau.md"
    assert said in reason


def test_a_file_that_vanishes_as_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_and_read(path: Path, limits: LimitSettings) -> bytes:
        if path.name == "bureau.md":
            path.unlink()
        return read_file(path, limits)

    monkeypatch.setattr("rag.updating.folder_sync.read_file", remove_and_read)
    ((name, reason),) = taken(tmp_path, lambda path: None)
    assert name == "bureau.md"
    assert "disparu" in reason


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, KeyError, OSError])
def test_a_reader_that_fails_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(data: bytes, path: PurePath, collection: str, limits: LimitSettings) -> Document:
        if path.name == "bureau.md":
            raise error("a fault of ours")
        return read_document(data, path, collection, limits)

    monkeypatch.setattr("rag.updating.folder_sync.read_document", fail)
    ((name, reason),) = taken(tmp_path, lambda path: None)
    assert name == "bureau.md"
    assert reason.endswith(".")


def test_the_model_s_own_failure_is_not_taken_for_a_file_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: LittleEmbedder, texts: Sequence[str]) -> list[int]:
        raise SourcierError("le modèle")

    monkeypatch.setattr(LittleEmbedder, "count_tokens", fail)
    write(tmp_path / "files", {"bureau.md": BUREAU})
    with pytest.raises(SourcierError, match="le modèle"):
        update(
            tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder()
        )


# Folders that cannot be written


def unprivileged() -> tuple[str, ...]:
    """What to put before a command so that permissions bind it."""
    if os.geteuid() != 0:
        return ()
    prefix = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    if shutil.which("setpriv") is None:
        pytest.skip("root is bound by no permission, and setpriv is not installed")
    if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root is bound by no permission, and may not let go of its rights")
    return prefix


@pytest.fixture
def good(tmp_path: Path, model_cache: Path) -> Path:
    write(tmp_path / "files", {"bureau.md": BUREAU})
    return tmp_path / "files"


def test_an_index_folder_that_may_not_be_written(good: Path, tmp_path: Path) -> None:
    prefix = unprivileged()
    (tmp_path / "fermé").mkdir(mode=0o555)
    for index in (tmp_path / "fermé", tmp_path / "fermé/index"):
        done = command("index", good, "--index", index, prefix=prefix)
        assert (done.code, done.out) == (1, "")
        assert str(index) in done.err
        assert "droit d'écrire" in done.err


def test_an_index_that_may_only_be_read_answers(good: Path, tmp_path: Path) -> None:
    prefix = unprivileged()
    index = tmp_path / "index"
    assert command("index", good, "--index", index).code == 0
    inside = [index, *index.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for asked in (["ask", "Qui préside le Bureau des cartes ?"], ["verify"], ["status"]):
        done = command(*asked, "--index", index, prefix=prefix)
        assert (done.code, done.err) == (0, "")
    refused = command("index", good, "--index", index, prefix=prefix)
    assert refused.code == 1
    for path in inside:
        path.chmod(0o755)


def test_files_that_may_not_be_read(good: Path, tmp_path: Path) -> None:
    prefix = unprivileged()
    write(good, {"fermé.md": SALON, "dossier/a.md": SALON})
    (good / "fermé.md").chmod(0)
    (good / "dossier").chmod(0)
    done = command("index", good, "--index", tmp_path / "index", prefix=prefix)
    (good / "dossier").chmod(0o755)
    assert done.code == 3
    assert {Path(path).name for path in reasons(done.err)} == {"fermé.md", "dossier"}
    answers(tmp_path / "index")


@pytest.mark.parametrize("place", ["fichier", "fichier/index", "x" * 300])
def test_an_index_folder_that_cannot_be(good: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "fichier").write_text("Ni dossier ni index.")
    for asked in (["index", good], ["ask", "Quand ?"]):
        done = command(*asked, "--index", tmp_path / place)
        assert (done.code, done.out) == (1, ""), done
        assert place in done.err
    assert (tmp_path / "fichier").read_text() == "Ni dossier ni index."


def test_an_index_folder_with_a_strange_name(good: Path, tmp_path: Path) -> None:
    index = tmp_path / "déjà \n'été\""
    assert command("index", good, "--index", index).code == 0
    asked = command("ask", "Qui préside le Bureau des cartes ?", "--index", index)
    assert "Jeanne Martin" in asked.out


def test_an_index_folder_whose_name_is_not_utf8(good: Path, tmp_path: Path) -> None:
    index = Path(os.fsdecode(os.fsencode(tmp_path) + b"/d\xe9j\xff"))
    done = command("index", good, "--index", index)
    assert done.code == 1
    assert str(tmp_path) in done.err


def test_a_model_cache_that_cannot_be_written(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fichier").write_text("x")
    monkeypatch.setenv("SOURCIER_EMBEDDING__CACHE", str(tmp_path / "fichier/cache"))
    done = command("index", good, "--index", tmp_path / "index")
    assert (done.code, done.out) == (1, "")
    assert "SOURCIER_EMBEDDING__CACHE" in done.err


def test_a_complete_model_cache_need_not_be_written(
    good: Path, tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = unprivileged()
    assert command("index", good, "--index", tmp_path / "first").code == 0
    cache = tmp_path / "cache"
    cache.mkdir()
    for each in model_cache.iterdir():
        (cache / each.name).symlink_to(each)
    cache.chmod(0o555)
    monkeypatch.setenv("SOURCIER_EMBEDDING__CACHE", str(cache))
    done = command("index", good, "--index", tmp_path / "index", prefix=prefix)
    assert (done.code, done.err) == (0, "")


# Disks that are full


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Small disks, by their size."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disque {size}"
        place.mkdir()
        arguments = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
        try:
            subprocess.run(arguments, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a disk of its own cannot be mounted here")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("size", ["8k", "64k", "160k", "256k"])
def test_a_full_disk(good: Path, disk: Callable[[str], Path], size: str) -> None:
    place = disk(size)
    write(good, {f"{n}.md": SALON.replace("2026", str(n)) for n in range(2000, 2010)})
    done = command("index", good, "--index", place / "index")
    assert (done.code, done.out) == (1, "")
    assert "le disque est plein" in done.err
    assert str(place) in done.err


def test_a_disk_that_fills_leaves_the_former_index(
    good: Path, disk: Callable[[str], Path]
) -> None:
    place = disk("2m")
    assert command("index", good, "--index", place / "index").code == 0
    filler = place / "reste"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    write(good, {f"{n}.md": SALON.replace("2026", str(n)) for n in range(2000, 2010)})
    done = command("index", good, "--index", place / "index")
    assert done.code == 1
    assert "le disque est plein" in done.err
    answers(place / "index")
    filler.unlink()
    assert command("index", good, "--index", place / "index").code == 0


@pytest.mark.parametrize("size", [0, 4096, 65_536])
def test_a_limit_on_the_size_of_files(good: Path, tmp_path: Path, size: int) -> None:
    write(good, {f"{n}.md": SALON.replace("2026", str(n)) for n in range(2000, 2010)})
    # The test's own streams are files too.
    arguments = [sys.executable, "-m", "rag", "index", good, "--index", tmp_path / "index"]
    done = subprocess.run(
        list(map(str, arguments)),
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert not any(word in done.stderr for word in NEVER), done.stderr
    assert str(tmp_path / "index") in done.stderr


@pytest.mark.parametrize("asked", ["ask 'Qui préside ?'", "status --json", "verify", "--help"])
def test_results_that_cannot_be_written(hostile: tuple[Path, Outcome], asked: str) -> None:
    where = "" if asked == "--help" else f"--index '{hostile[0]}'"
    done = shell(f"{asked} {where} >/dev/full")
    assert done.returncode == 1
    assert "le disque est plein" in done.stderr


def shell(rest: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it, with what the shell alone can do to its streams."""
    done = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m rag {rest}"],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert not any(word in done.stderr for word in NEVER), done.stderr
    return done


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("ask --batch - <&-", 2),
        ("ask 'Qui préside le Bureau ?' >&-", 0),
        ("ask '' 2>&-", 2),
        ("ask 'Qui préside le Bureau ?' <&- >&- 2>&-", 0),
    ],
)
def test_closed_streams(hostile: tuple[Path, Outcome], rest: str, code: int) -> None:
    first, *redirections = rest.rsplit(" ", rest.count("&-"))
    done = shell(f"{first} --index '{hostile[0]}' {' '.join(redirections)}")
    assert done.returncode == code, done.stderr


# Questions


def test_a_question_that_cannot_be_asked(hostile: tuple[Path, Outcome]) -> None:
    wrong = []
    for question, said in (
        ("", "vide"),
        (" \t\n", "vide"),
        ("\x07\x1b\x7f", "vide"),
        ("\u200b\u202e", "vide"),
        (os.fsdecode(b"\xff\xed\xa0\x80"), "vide"),
        ("a" * 100_000, "100000"),
        ("a " * 50_000, "100000"),
    ):
        for name in ("ask", "search"):
            done = command(name, question, "--index", hostile[0])
            if (done.code, done.out) != (2, "") or said not in done.err:
                wrong.append((name, question[:20], done))
    assert wrong == []


def test_a_strange_question_is_a_question(hostile: tuple[Path, Outcome]) -> None:
    wrong = []
    for question in (
        "\x1b[31mQui\x07 préside \x7fle Bureau\x01 des cartes ?",
        os.fsdecode(b"Qui pr\xe9side le Bureau des cartes \xff ?"),
        "Qui préside le Bureau\ndes\tcartes\u202e ?",
        "Qui préside le Bureau des cartes ? " * 110,
        'Qui préside le "Bureau" AND (cartes:* OR [a TO z]) NOT ^~\\ \'; DROP TABLE x; --',
    ):
        plain = command("ask", question, "--index", hostile[0])
        found = json.loads(command("ask", question, "--json", "--index", hostile[0]).out)
        shown = found["question"]
        if (
            (plain.code, plain.err) != (0, "")
            or not (shown.isprintable() or "\n" in shown)
            or "Bureau des cartes" not in {hit["title"] for hit in found["hits"]}
        ):
            wrong.append((question[:60], plain, shown))
    assert wrong == []


def test_strange_questions_in_a_batch(hostile: tuple[Path, Outcome], tmp_path: Path) -> None:
    questions: list[tuple[object, str, bool]] = [
        ("plain", "Qui préside le Bureau des cartes ?", True),
        ("\ud800", "Qui préside le Bureau des cartes \ud800\udfff\udc80 ?", True),
        ("\x00\x1b", "\x00Qui préside le Bureau\x1b[0m des cartes ?", True),
        (-(10**4000), "\ud800", False),
        (0, "", False),
        ("", "\U0010ffff" * 3000, False),
        ("long", "a" * 100_000, False),
    ]
    file = tmp_path / "questions.jsonl"
    rows = [json.dumps({"id": name, "question": text}) for name, text, _ in questions]
    file.write_text("\r\n".join(rows), encoding="utf-8")
    for asked in ("ask", "search"):
        done = command(asked, "--batch", file, "--index", hostile[0])
        assert (done.code, done.err) == (3, "")
        found = [json.loads(line) for line in done.out.splitlines()]
        assert [each["id"] for each in found] == [name for name, _, _ in questions]
        assert ["error" not in each for each in found] == [fine for _, _, fine in questions]


def test_a_bad_batch(hostile: tuple[Path, Outcome], tmp_path: Path) -> None:
    file = tmp_path / "\x1b[31mquestions\n.jsonl"
    wrong = []
    for content, said in (
        (b"", "aucune"),
        (b"\xff\xfe\x00\x00", "UTF-8"),
        (b'{"id": 1, "question": "a\x00\x1b"}', "ligne 1"),
        (b'{"id": ' + b"1" * 10_000 + b', "question": "a ?"}', "ligne 1"),
        (b'{"a":' * LEVELS, "ligne 1"),
        (b'{"id": 1.5, "question": "a ?"}', "id"),
        (b"null", "ligne 1"),
    ):
        file.write_bytes(content)
        done = command("ask", "--batch", file, "--index", hostile[0])
        if (done.code, done.out) != (2, "") or said not in done.err:
            wrong.append((content[:40], done))
    assert wrong == []


def test_a_batch_that_is_no_file(hostile: tuple[Path, Outcome], tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "rien", tmp_path / ("x" * 300)):
        done = command("ask", "--batch", path, "--index", hostile[0])
        assert (done.code, done.out) == (2, "")
        assert path.name in done.err


def test_a_path_that_is_not_there(tmp_path: Path, model_cache: Path) -> None:
    wrong = []
    for path in ("nulle-part", "\x1b[31mrien", "x" * 300, "\udcff", "vide"):
        done = command("index", tmp_path / path, "--index", tmp_path / "index")
        if (done.code, done.out) != (2, "") or "introuvable" not in done.err:
            wrong.append((path[:20], done))
    assert wrong == []


def test_control_characters_of_an_index_s_name_do_not_reach_the_terminal(
    tmp_path: Path,
) -> None:
    done = run("ask", "Quand ?", "--index", tmp_path / "\x1b[31m\u202ei")
    assert done.returncode == 1
    assert "\\x1b[31m\\u202ei" in done.stderr
