"""What the browser finds indexed: ordinary documents, and some that mean harm."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.ingest.readers.files import lines_pdf
from tests.uploading import BUREAU, SALON, write

CANTINE: Final = """---
title: "La cantine"
date: 2026-02-02
source: "Service intérieur"
---

# La cantine

## Le menu 🍲 de la semaine

Les plats du jour 🥕🥖 viennent de fermes voisines ; le pictogramme 𝒱 signale ce qui est
végétarien. La cantine ouvre à onze heures trente et ferme à quatorze heures.

## Qui peut déjeuner à la Cantine des Tilleuls ?

Les agents et leurs invités peuvent déjeuner à la Cantine des Tilleuls.

## Les tarifs

| Formule | Prix |
| --- | --- |
| Plat seul | 6,50 € |
| Repas complet | 9,80 € |
"""

VISITORS: Final = """---
title: "Visitor handbook"
language: en
---

# Visitor handbook

Visitors must collect a yellow badge at the north entrance before ten o'clock.
"""

# Every sign that Markdown or HTML could read something into, and a word without any blank.
LONG_WORD: Final = "barrage" * 1500
SIGNS: Final = "<b>12</b> *millions* de m³ & [plus](javascript:alert(1)) `x` &lt;i&gt;"
TRAP_SENTENCE: Final = f"Le barrage de Serre-Ponçon retient {SIGNS}."
TRAP_TITLE: Final = "<script>alert('titre')</script> & \u202eexe.tnemucod"
TRAP_TEXT: Final = f"""Le barrage de Serre-Ponçon

{TRAP_SENTENCE} <script>alert('texte')</script><img src=x onerror=alert(1)>

Le mur \u202edu barrage\u202c s'appelle {LONG_WORD}.
"""
TRAP_PAGE: Final = f"""---
title: "{TRAP_TITLE}"
link: "javascript:alert('lien')"
source: "<img src=x onerror=alert('source')>"
author: "\u202erueteua"
date: 2026-03-03
---

# {TRAP_TITLE}

## <svg onload=alert('section')> {"x" * 300}

La turbine du moulin de Vaucanson tourne à 77 tours par minute.
"""

RULES: Final = (
    ["Reglement du parc", "", "Le parc ouvre au lever du soleil, en toute saison."],
    ["Article 7", "", "Les chiens sont admis en laisse dans le parc jusqu'au bassin."],
)

FILES: Final[Mapping[str, str]] = {
    "salon.md": SALON,
    "bureau.md": BUREAU,
    "cantine.md": CANTINE,
    "visitors.md": VISITORS,
}
TRAPS: Final[Mapping[str, str]] = {"piège.txt": TRAP_TEXT, "turbine.md": TRAP_PAGE}


def write_documents(folder: Path) -> tuple[Path, Path]:
    """Write them; the folder of the ordinary ones and of those that mean harm."""
    ordinary, hostile = folder / "documents", folder / "essais"
    write(ordinary, FILES)
    (ordinary / "parc.pdf").write_bytes(lines_pdf(*RULES))
    (ordinary / "abîmé.pdf").write_bytes(b"%PDF-1.7 no more than that")
    write(hostile, TRAPS)
    return ordinary, hostile
