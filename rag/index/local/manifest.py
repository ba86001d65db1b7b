"""The manifest file, and ``CURRENT``, which names the published one by its digest."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import IndexCorruptError, IndexStaleError
from rag.index.local.layout import FORMAT_VERSION, GenerationLayout, is_generation_id
from rag.storage.files import sync
from rag.types import ModelIdentity

HEAD_BYTES = 4096
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSeal:
    """What a file of a generation was when it was published.

    ``size`` in bytes; ``sha256`` of the whole and ``head`` of its first `HEAD_BYTES`, each
    ``sha256:`` and hexadecimal.
    """

    size: int
    sha256: str
    head: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation of an index is made of; written last, read first.

    ``files`` maps each file's path inside the generation to its seal, once there is one.
    """

    format_version: int
    generation: str
    created: str
    model: ModelIdentity
    chunking: dict[str, int]
    vector_index: str
    documents: int
    passages: int
    sentences: int
    duplicates: int
    collections: dict[str, int]
    files: dict[str, FileSeal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What ``CURRENT`` says: a generation, and the digest of its manifest's bytes."""

    generation: str
    digest: str

    def encoded(self) -> bytes:
        """One line of ASCII."""
        return f"{self.generation} {self.digest}\n".encode("ascii")


def seal_files(layout: GenerationLayout) -> dict[str, FileSeal]:
    """Seal every file of a finished generation, after it has reached the disk."""
    seals = {}
    for path in sorted(layout.folder.rglob("*")):
        sync(path)
        if path.is_file():
            seals[path.relative_to(layout.folder).as_posix()] = seal_file(path)
    return seals


def seal_file(path: Path) -> FileSeal:
    """Read a whole file."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        block = head
        while block:
            size += len(block)
            digest.update(block)
            block = file.read(_READ_BYTES)
    return FileSeal(size, f"sha256:{digest.hexdigest()}", digest_of(head))


def quick_fault(path: Path, seal: FileSeal) -> str | None:
    """What is wrong with a file's size or beginning, in French; None where all is well."""
    size = path.stat().st_size
    if size != seal.size:
        return f"{size} octets au lieu de {seal.size}"
    with path.open("rb") as file:
        if digest_of(file.read(HEAD_BYTES)) != seal.head:
            return "son début a changé"
    return None


def write_manifest(layout: GenerationLayout, manifest: Manifest) -> Pointer:
    """Write the manifest, make it reach the disk, and say how to point to it."""
    encoded = json.dumps(asdict(manifest), indent=1).encode("ascii")
    layout.manifest.write_bytes(encoded)
    sync(layout.manifest)
    sync(layout.folder)
    return Pointer(layout.id, digest_of(encoded))


def read_manifest(layout: GenerationLayout, digest: str) -> Manifest:
    """Read a manifest.

    Raises:
        IndexStaleError: another version of the format.
        IndexCorruptError: it is not the manifest that was published.
        FileNotFoundError: it is not there.
    """
    encoded = layout.manifest.read_bytes()
    try:
        fields: dict[str, Any] = json.loads(encoded)
        version = fields["format_version"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(layout.manifest) from error
    if digest_of(encoded) != digest:
        raise _damaged(layout.manifest)
    if version != FORMAT_VERSION:
        raise IndexStaleError(
            f"L'index de {layout.folder.parent.parent} est au format {version} ; cette "
            f"version de Sourcier lit le format {FORMAT_VERSION}. Reconstruisez-le : "
            f"sourcier index CHEMIN… --index {layout.folder.parent.parent}"
        )
    model = ModelIdentity(**fields.pop("model"))
    files = {path: FileSeal(**seal) for path, seal in fields.pop("files").items()}
    return Manifest(model=model, files=files, **fields)


def parse_pointer(encoded: bytes, path: Path) -> Pointer:
    """Read the contents of ``CURRENT``; all but what `Pointer.encoded` gives is refused."""
    name, _, digest = encoded.decode("ascii", "replace").partition(" ")
    pointer = Pointer(name, digest.strip())
    if not is_generation_id(name) or pointer.encoded() != encoded:
        raise _damaged(path)
    return pointer


def digest_of(content: bytes) -> str:
    """``sha256:`` and the hexadecimal digest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _damaged(path: Path) -> IndexCorruptError:
    return IndexCorruptError(
        f"L'index est endommagé : {path} n'est pas tel qu'il a été publié. Reconstruisez-le : "
        "sourcier index CHEMIN…"
    )
