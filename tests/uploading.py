"""A small library: Markdown files on disk, indexed with the little embedder."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rag.index.local.build import BuildReport, BuildRequest, build_generation
from rag.index.local.generation import Generation, open_generation
from rag.index.local.local_index import LocalIndex
from rag.index.local.publication import hold_build_lock
from rag.ingest.formats import FORMATS
from rag.service import Searcher
from rag.settings import Settings
from rag.updating.folder_sync import FolderSync, SyncRequest
from rag.weights import Weights, load_weights
from tests.little_embedder import LittleEmbedder

SALON = """---
title: "Salon de la donnée 2026"
date: 2026-01-12
source: "Agence du numérique"
link: "https://agence.example/salon"
---

# Salon de la donnée 2026

## Dates et lieu

Le salon ouvre le 3 février 2026 au Palais des Congrès de Paris. Il attend 1 100 exposants.

## Programme

La matinée comprend trois temps :

- une conférence sur les archives ;
- un atelier sur les cartes ;
- une visite des serveurs.

## Lauréats

| Projet | Porteur | Secteur |
| --- | --- | --- |
| MAGRITTE | RAIDIUM | Santé |
| ORCHESTRO | GOBANO | Robotique |
"""

BUREAU = """---
title: "Bureau des cartes"
date: 2025-06-01
---

# Bureau des cartes

Jeanne Martin préside le Bureau des cartes depuis 2024. Le budget annuel est de 12 M€.
"""


def write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def raise_version(monkeypatch: pytest.MonkeyPatch, media_type: str) -> None:
    """As where the reader of one format reads better than when the index was made."""
    raised = {each.media_type: each for each in FORMATS}
    if media_type in raised:
        raised[media_type] = replace(raised[media_type], version="2")
    for module in ("formats", "sniffing"):
        monkeypatch.setattr(f"rag.ingest.{module}.FORMATS", tuple(raised.values()))
        monkeypatch.setattr(f"rag.ingest.{module}.HTML", raised["text/html"])
        monkeypatch.setattr(f"rag.ingest.{module}.TEXT", raised["text/plain"])


def settings(index: Path) -> Settings:
    plain = Settings()
    return plain.model_copy(
        update={"index": plain.index.model_copy(update={"directory": index})}
    )


def update(
    index: Path,
    request: SyncRequest,
    embedder: LittleEmbedder,
    previous: Generation | None = None,
) -> tuple[BuildReport, FolderSync]:
    chosen = settings(index)
    sync = FolderSync(request, embedder, chosen.chunking, chosen.limits)
    with hold_build_lock(index) as lock:
        report = build_generation(
            lock,
            BuildRequest(
                entries=sync.entries(previous),
                chunking=chosen.chunking.model_dump(),
                exact_passages=chosen.index.exact_passages,
                skipped=sync.skipped,
                previous=previous,
            ),
            embedder,
        )
    return report, sync


def generation(tmp_path: Path, files: Mapping[str, str]) -> Generation:
    write(tmp_path / "files", files)
    update(tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder())
    return open_generation(tmp_path / "index")


def eager(log_odds: float = 0.0) -> Weights:
    """The shipped weights with the same confidence for everything, by default one half."""
    shipped = load_weights()
    return replace(
        shipped,
        calibration=replace(shipped.calibration, intercept=log_odds, coefficients={}),
        foreign=replace(shipped.foreign, intercept=log_odds, coefficients={}),
    )


def searcher(
    tmp_path: Path, files: Mapping[str, str], weights: Weights | None = None
) -> Searcher:
    built = LocalIndex(generation(tmp_path, files))
    return Searcher(settings(tmp_path / "index"), built, LittleEmbedder(), weights or eager())
