from pathlib import Path, PurePath

import pytest

from rag.ingest.reading import read_document
from rag.settings import LimitSettings
from rag.types import BlockKind, Document

from .helpers import assert_sound

SEEDS = Path("../shared/seeds")
FILES = sorted(SEEDS.glob("*.txt"))

pytestmark = [
    pytest.mark.seeds,
    pytest.mark.skipif(len(FILES) != 4, reason="the real documents are not beside the project"),
]


@pytest.fixture(scope="module")
def seeds() -> list[Document]:
    return [
        read_document(path.read_bytes(), PurePath(path.name), "seeds", LimitSettings())
        for path in FILES
    ]


def texts(document: Document, *kinds: BlockKind) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind in kinds]


def test_all_are_sound(seeds: list[Document]) -> None:
    for document in seeds:
        assert_sound(document)
        assert "**" not in document.text
        assert "&rsquo;" not in document.text
        assert "](" not in document.text


def test_front_matter_and_titles(seeds: list[Document]) -> None:
    expo, salon, milipol, report = seeds
    assert expo.title == "Cyber-IA Expo 2026 : l’IA au cœur de la cybersécurité"
    assert expo.metadata.date == "2025-12-30"
    assert expo.metadata.source_url == (
        "https://www.zataz.com/cyber-ia-expo-2026-lia-au-coeur-de-la-cybersecurite/"
    )
    assert salon.title == "L’INR partenaire du 1er Salon Souveraineté Numérique"
    assert salon.metadata.date == "2026-02-19"
    assert salon.metadata.source == "Institut du Numérique Responsable"
    assert (
        salon.metadata.source_url
        == "https://institutnr.org/inr-partenaire-salon-souverainete-numerique"
    )
    assert salon.metadata.language == "fr"
    assert salon.metadata.author == "Gaëlle Guillocheau"
    assert salon.metadata.categories == ()
    assert (
        milipol.title
        == "Un salon Milipol en expansion et centré sur l’intelligence artificielle"
    )
    assert report.title == "Sommet pour l'action sur l'IA : un an après"


def test_boilerplate_is_gone(seeds: list[Document]) -> None:
    expo, salon, milipol, report = seeds
    assert not expo.text.endswith("source")
    assert "d’information sur le site" in salon.text
    assert "first appeared on" not in salon.text
    assert "Guillocheau" not in salon.text
    assert milipol.text.count("39 entreprises israéliennes") == 1
    assert "GOUVERNEMENT" not in report.text
    assert "Fraternité" not in report.text
    assert "....." not in report.text
    assert report.text.count("Éditorial du Président de la République") == 1
    assert "Sommaire" not in report.text


def test_headings_are_recognised(seeds: list[Document]) -> None:
    headings = texts(seeds[3], BlockKind.HEADING)
    for expected in (
        "La fondation Current AI",
        "L'INESIA",
        "Café IA : fédérer, partager et démocratiser l'intelligence artificielle",
        "Scale-up Europe Fund",
        "63 sites réputés favorables",
        "2. Déployer l'IA générative pour tous les agents publics",
        "Protéger les mineurs en ligne",
        "Annexe : Première promotion des lauréats des « Pionniers de l'IA »",
    ):
        assert expected in headings
    assert "Avantages partenaires pour les adhérents INR" in texts(seeds[1], BlockKind.HEADING)
    assert "Acteurs, innovations attendues et présence israélienne" in texts(
        seeds[2], BlockKind.HEADING
    )
    assert "Paris – Espace Champerret les 30 juin & 1er juillet 2026" not in texts(
        seeds[1], BlockKind.HEADING
    )


def test_the_levels_follow_the_table_of_contents(seeds: list[Document]) -> None:
    report = seeds[3]
    levels = {
        report.text[b.start : b.end]: b.level
        for b in report.blocks
        if b.level and b.kind is BlockKind.HEADING
    }
    assert levels[report.title] == 1
    assert levels["L'IA, au cœur de la présidence française du G7 en 2026"] == 2
    assert levels["1. Des actions pour une IA durable"] == 3
    assert levels["La coalition pour l'IA durable"] == 4


def test_table_rows_have_their_cells(seeds: list[Document]) -> None:
    report = seeds[3]
    assert texts(report, BlockKind.TABLE_HEADER) == [
        "Projet | Porteurs | Secteur d'application prioritaire des « Pionniers de l'IA »"
    ]
    rows = [b for b in report.blocks if b.kind is BlockKind.TABLE_ROW]
    assert len(rows) == 28
    cells = [[report.text[c.start : c.end] for c in row.cells] for row in rows]
    assert ["MAGRITTE", "RAIDIUM", "Conception industrielle"] in cells
    assert ["", "NUMERISK", ""] in cells


def test_footnotes_are_findable_and_calls_gone(seeds: list[Document]) -> None:
    notes = texts(seeds[3], BlockKind.FOOTNOTE)
    assert len(notes) == 9
    assert "En équivalent Nvidia H100." in notes
    assert "l'intelligence artificielle, le Gouvernement porte" in seeds[3].text
    assert "11 000 m²" in seeds[3].text


def test_paragraphs_cut_by_a_page_are_whole(seeds: list[Document]) -> None:
    for whole in (
        "une recherche et des talents de niveau mondial.",
        "notamment via les 9 IA Clusters, successeurs",
        "se focalisant sur la recherche des risques systémiques de l'IA, financé",
        "chargée de L'Intelligence Artificielle et du Numérique",
        "à Fouju"[2:]
        + " (Ile-de-France), Le Bosquel (Hauts-de-France), Montereau (Ile de France)",
        "63 sites identifiés par l'Etat",
    ):
        assert whole in seeds[3].text


def test_items_are_items(seeds: list[Document]) -> None:
    expo, salon, _, report = seeds
    assert "Quand ? 3 février 2026." in texts(expo, BlockKind.LIST_ITEM)
    assert "la gestion responsable des données" in texts(salon, BlockKind.LIST_ITEM)
    items = texts(report, BlockKind.LIST_ITEM)
    assert "1,7 Md€ par Mistral AI ;" in items
    assert "Un événement organisé par Current AI sur la diversité linguistique." in items
    assert any(text.startswith("Gino Legaltech, solution") for text in items)
