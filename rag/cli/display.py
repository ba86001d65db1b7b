"""What a person sees in a terminal: progress on stderr, answers and reports on stdout."""

import json
import sys
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from rag.answering.confidence import Level, level_of
from rag.settings import load_settings
from rag.text.typography import counted, typeset
from rag.types import Answer, Citation, Hit, Signals, Verdict

if TYPE_CHECKING:
    from rag.index.build_stages import Stage
    from rag.index.local.verification import Problem
    from rag.service import IndexDescription, IndexReport, Searcher, Watcher

_EXCERPT: Final = 220
_NEAREST: Final = 3
_STAGES: Final = {
    "model": "Préparation du modèle",
    "stored": "Lecture des documents",
    "analysed": "Analyse du texte",
    "embedded": "Vectorisation",
    "sealed": "Contrôle",
    "published": "Publication",
    "cleaned": "Nettoyage",
    "asked": "Questions",
}
_CONFIDENCE: Final = {
    Level.VERY_HIGH: "très haute",
    Level.HIGH: "haute",
    Level.FAIR: "moyenne",
    Level.LOW: "faible",
}


class ModelDisplay(AbstractContextManager["ModelDisplay"]):
    """A bar on stderr while the model is prepared for the first time; none in a pipe."""

    def __init__(self) -> None:
        self._bars = _bars()
        self._stages: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._bars.stop()

    def progress(self, done: int, total: int) -> None:
        """Show ``done`` of ``total`` steps of the preparation."""
        self._show("model", done, total)

    def _show(self, stage: str, done: int, total: int) -> None:
        if stage not in self._stages:
            self._stages[stage] = self._bars.add_task(_STAGES[stage], total=total)
        self._bars.update(self._stages[stage], completed=done, total=total)


def open_searcher(index_dir: Path | None) -> "Searcher":
    """What answers from the published index, the model's preparation being shown."""
    from rag.service import Searcher

    with ModelDisplay() as display:
        return Searcher.open(load_settings(index_dir), display.progress)


class IndexingDisplay(ModelDisplay):
    """The bars of indexing."""

    @property
    def watcher(self) -> "Watcher":
        """What the service tells its progress to."""
        from rag.service import Watcher

        return Watcher(self.progress, self._file, self._stage, self._warn)

    def _file(self, done: int, total: int, path: str) -> None:
        self._show("stored", done, total)

    def _stage(self, stage: "Stage", done: int, total: int) -> None:
        if stage.value != "stored":
            self._show(stage.value, done, total)

    def _warn(self, message: str) -> None:
        self._bars.console.print(Text(typeset(message), style="yellow"), soft_wrap=True)


def write_json(value: object) -> None:
    """A value as one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=asdict))
    sys.stdout.write("\n")


def print_answer(answer: Answer) -> None:
    """An answer for reading: its text, its sources, how sure it is."""
    out = console()
    if answer.asked_as:
        say(out, f"Question comprise ainsi : {answer.asked_as}", "dim")
    if answer.verdict is Verdict.POSSIBLE:
        say(out, "Réponse possible, à vérifier :", "bold")
    text = Text(answer.text)
    for span in answer.highlights:
        text.stylize("bold", span.start, span.end)
    out.print(text, soft_wrap=True)
    if answer.verdict is Verdict.NONE:
        _print_nearest(out, answer.hits[:_NEAREST])
        return
    out.print()
    for _, citations in groupby(answer.citations, _origin):
        _print_source(out, list(citations))
    words = _CONFIDENCE[level_of(answer.confidence)]
    sure = f"Confiance {words} ({answer.confidence:.0%})"
    out.print(Text(typeset(sure.replace("%", " %")), "dim"))


def print_hits(hits: Sequence[Hit]) -> None:
    """Hits for reading, best first."""
    out = console()
    if not hits:
        out.print("Aucun passage.")
    for hit in hits:
        out.print(Text(f"{hit.rank}. {hit.title}", "bold"), soft_wrap=True)
        where = " › ".join(hit.headings)
        page = f", p. {hit.page}" if hit.page else ""
        signals = hit.signals
        out.print(
            Text(
                f"   {where}{page}  [cosinus {signals.cosine:.3f}, bm25 {signals.bm25:.1f}, "
                f"phrase {signals.sentence:.3f}{_read(signals)}]",
                "dim",
            ),
            soft_wrap=True,
        )
        out.print(Text(f"   {_excerpt(hit)}"), soft_wrap=True)


def _read(signals: Signals) -> str:
    return "" if signals.reader is None else f", lecteur {signals.reader:+.1f}"


def print_index_report(report: "IndexReport", directory: Path) -> None:
    """What indexing did, on stdout; what it left out, on stderr."""
    build = report.build
    out = console()
    say(
        out,
        f"{counted(build.documents, 'document')} dans {directory} : "
        f"{counted(build.added, 'ajouté')}, {counted(build.changed, 'modifié')}, "
        f"{counted(build.unchanged, 'inchangé')}, {counted(build.removed, 'retiré')}.",
    )
    say(
        out,
        f"{counted(build.passages, 'passage')} et {counted(build.sentences, 'phrase')} "
        f"({build.duplicates} en double) ; {counted(build.embedded, 'texte vectorisé')}.",
    )
    if not report.skipped:
        return
    errors = console(stderr=True)
    left_out = counted(len(report.skipped), "fichier laissé")
    errors.print(Text(typeset(f"{left_out} de côté :"), "yellow"), soft_wrap=True)
    for path, reason in report.skipped:
        errors.print(Text(f"  {path}\u00a0: {typeset(reason)}"), soft_wrap=True)


def print_status(description: "IndexDescription", directory: Path) -> None:
    """What is published."""
    manifest, out = description.manifest, console()
    exact = "exacte" if manifest.vector_index == "flat" else "approchée (graphe HNSW)"
    rows = {
        "Index": str(directory),
        "Génération": f"{manifest.generation}, créée le {manifest.created}",
        "Modèle": f"{manifest.model.name}, {manifest.model.dimensions} dimensions",
        "Documents": str(manifest.documents),
        "Passages": f"{manifest.passages} ({manifest.duplicates} en double)",
        "Phrases": str(manifest.sentences),
        "Recherche": exact,
        "Collections": ", ".join(f"{n} ({c})" for n, c in manifest.collections.items()),
        "Laissés de côté": str(len(description.skipped)),
    }
    for name, value in rows.items():
        out.print(Text.assemble((f"{name:<16}", "bold"), value), soft_wrap=True)
    for each in description.skipped:
        out.print(Text(f"  {each.path}\u00a0: {typeset(each.reason)}"), soft_wrap=True)


def print_problems(problems: Sequence["Problem"], directory: Path) -> None:
    """What verification found."""
    out = console()
    if not problems:
        say(out, f"L'index de {directory} est intact.")
    for problem in problems:
        out.print(
            Text(f"{problem.path}\u00a0: {typeset(problem.message)}", "red"), soft_wrap=True
        )


def _origin(citation: Citation) -> tuple[object, ...]:
    return citation.document_id, citation.headings, citation.page, citation.also_in


def _print_source(out: Console, citations: Sequence[Citation]) -> None:
    """The source that some citations in a row share."""
    citation = citations[0]
    numbers = " ".join(f"[{each.number}]" for each in citations)
    details = [citation.source, citation.date]
    if citation.page is not None:
        details.append(f"p.\u00a0{citation.page}")
    line = ", ".join(filter(None, [citation.title, *details]))
    out.print(Text.assemble((f"{numbers} ", "bold"), line), soft_wrap=True)
    for extra in (" › ".join(citation.headings), citation.source_url):
        if extra:
            out.print(Text(f"    {extra}", "dim"), soft_wrap=True)
    for place in citation.also_in:
        out.print(Text(f"    également dans\u00a0: {place.title}", "dim"), soft_wrap=True)


def _print_nearest(out: Console, hits: Sequence[Hit]) -> None:
    if not hits:
        return
    say(out, "\nPassages les plus proches :")
    for hit in hits:
        out.print(Text.assemble(("  • ", "bold"), hit.title), soft_wrap=True)
        out.print(Text(f"    {_excerpt(hit)}", "dim"), soft_wrap=True)


def _excerpt(hit: Hit) -> str:
    """A passage from its best sentence on."""
    ahead = hit.excerpt.start - hit.start if hit.excerpt else 0
    text = hit.text[ahead:] if 0 < ahead < len(hit.text) else hit.text
    return textwrap.shorten(" ".join(text.split()), _EXCERPT, placeholder=" …")


def console(*, stderr: bool = False) -> Console:
    """A stream on which nothing that is printed is taken for markup."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def say(out: Console, sentence: str, style: str = "") -> None:
    """Print a sentence, typeset, on a line of its own."""
    out.print(Text(typeset(sentence), style), soft_wrap=True)


def _bars() -> Progress:
    errors = console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
