"""The files that pages are made with: read at start, named by a digest, cached for a year."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(include_in_schema=False)

_FOLDER: Final = Path(__file__).parents[1] / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NOT_KEPT: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent; ``packed`` is its content in gzip."""

    content: bytes
    media_type: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All of them by name; ``version`` changes as soon as one of them does."""

    version: str
    files: Mapping[str, StaticFile]

    def url(self, name: str) -> str:
        """Where a file is; `KeyError` where there is none of this name."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def read_static(folder: Path = _FOLDER) -> StaticFiles:
    """The files of a folder, of the types that pages use."""
    digest = hashlib.sha256()
    files = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in _TYPES:
            continue
        content = path.read_bytes()
        files[path.name] = StaticFile(
            content, _TYPES[path.suffix], gzip.compress(content, mtime=0)
        )
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return StaticFiles(digest.hexdigest()[:16], MappingProxyType(files))


@router.get("/static/{version}/{name}")
async def static_file(request: Request, version: str, name: str) -> Response:
    """One of them. A page that an earlier version sent gets what there is now, uncached."""
    static: StaticFiles = request.app.state.pages.static
    found = static.files.get(name)
    if found is None:
        raise HTTPException(404)
    kept = _FOR_EVER if version == static.version else _NOT_KEPT
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", "").lower():
        return Response(found.content, headers=headers, media_type=found.media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(found.packed, headers=headers, media_type=found.media_type)
