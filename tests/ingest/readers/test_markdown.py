from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.readers.markdown import (
    draft_from_markdown,
    read_markdown,
)
from tests.ingest.helpers import outline

from .golden_files import golden_bytes, golden_outline, without_no_breaks


def test_golden_note() -> None:
    draft = read_markdown(golden_bytes("note.md"))
    assert without_no_breaks(outline(draft.blocks)) == golden_outline("note.json")
    assert [b.level for b in draft.blocks if b.kind.value == "heading"] == [1, 2, 2]
    assert [b.level for b in draft.blocks if b.kind.value == "list_item"] == [1, 1, 2, 2]
    assert draft.metadata.title == "Une note : avec deux points"
    assert draft.metadata.date == "2025-12-30"
    assert draft.metadata.source_url == "https://exemple.fr/note"
    assert draft.metadata.language == "fr"
    assert draft.metadata.categories == ("IA",)


def loose(text: str) -> list[tuple[str, str]]:
    return outline(draft_from_markdown(text, strict=False).blocks)


def test_a_tabbed_table_keeps_its_empty_cells() -> None:
    assert loose("Projet\tPorteurs\tSecteur\nGAIIA\tEGIS\tClimat\n\tNUMERISK\t\n") == [
        ("table_header", "Projet | Porteurs | Secteur"),
        ("table_row", "GAIIA | EGIS | Climat"),
        ("table_row", " | NUMERISK | "),
    ]


def test_a_numbered_title_is_no_list() -> None:
    assert loose("1. Un titre\n\nDu texte.\n\n1. un ;\n2. deux.") == [
        ("paragraph", "1. Un titre"),
        ("paragraph", "Du texte."),
        ("list_item", "un ;"),
        ("list_item", "deux."),
    ]


def test_long_lines_are_paragraphs_of_their_own_unless_strict() -> None:
    long = "Une ligne de texte qui se poursuit bien au-delà de toute largeur d'éditeur " * 3
    text = f"Un titre\n{long.strip()}.\n{long.strip()}!"
    assert len(loose(text)) == 3
    assert len(read_markdown(text.encode()).blocks) == 1


def test_an_item_one_space_in_is_nested() -> None:
    blocks = draft_from_markdown(
        "- **Un**\n - Deux\n   - o Trois\n- Quatre", strict=False
    ).blocks
    assert [(b.text, b.level) for b in blocks] == [
        ("Un", 1),
        ("Deux", 2),
        ("Trois", 3),
        ("Quatre", 1),
    ]


def test_a_lone_source_link_gives_the_address() -> None:
    draft = draft_from_markdown("Texte.\n\n[source](https://exemple.fr/a)\n", strict=False)
    assert draft.metadata.source_url == "https://exemple.fr/a"


def test_words_with_an_o_keep_it() -> None:
    assert loose("- le Studio de l'Inria\n- un") == [
        ("list_item", "le Studio de l'Inria"),
        ("list_item", "un"),
    ]


def test_hostile_repetition_is_read() -> None:
    for seed in ("[", "![", "[^a", "> ", "* a\n", "<b>", "`", "**a ", "- \n"):
        draft = read_markdown((seed * 5000).encode())
        assert isinstance(draft.blocks, tuple)


@given(st.text(max_size=400), st.booleans())
def test_any_text_is_read(text: str, strict: bool) -> None:
    blocks = draft_from_markdown(text, strict=strict).blocks
    assert all(block.text.strip() or any(block.cells) for block in blocks)
