from hypothesis import given
from hypothesis import strategies as st

from rag.index.local import codec
from rag.types import Block, BlockKind, Metadata, Sentence, Span

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
OFFSETS = st.integers(0, 2**40)
SPANS = st.builds(Span, OFFSETS, OFFSETS)
SENTENCES = st.builds(
    Sentence, OFFSETS, OFFSETS, st.sampled_from(BlockKind), st.none() | ANY_TEXT
)
BLOCKS = st.builds(
    Block,
    st.sampled_from(BlockKind),
    OFFSETS,
    OFFSETS,
    st.integers(0, 6),
    st.none() | st.integers(1, 9999),
    st.lists(SPANS, max_size=4).map(tuple),
)
MAYBE = st.none() | ANY_TEXT
METADATA = st.builds(
    Metadata,
    *[MAYBE] * 7,
    st.lists(ANY_TEXT, max_size=3).map(tuple),
)


@given(ANY_TEXT)
def test_any_text_comes_back(text: str) -> None:
    assert codec.unpack_text(codec.pack_text(text)) == text


@given(st.lists(SENTENCES, max_size=4).map(tuple))
def test_sentences_come_back(sentences: tuple[Sentence, ...]) -> None:
    assert codec.unpack_sentences(codec.pack_sentences(sentences)) == sentences


@given(st.lists(BLOCKS, max_size=4).map(tuple))
def test_blocks_come_back(blocks: tuple[Block, ...]) -> None:
    assert codec.unpack_blocks(codec.pack_blocks(blocks)) == blocks


@given(METADATA)
def test_metadata_come_back(metadata: Metadata) -> None:
    assert codec.unpack_metadata(codec.pack_metadata(metadata)) == metadata


def test_the_format_is_small_and_plain() -> None:
    assert codec.pack_sentences((Sentence(0, 9, BlockKind.PARAGRAPH),)) == "[[0,9,1]]"
    block = Block(BlockKind.TABLE_ROW, 1, 9, page=3, cells=(Span(1, 4), Span(7, 9)))
    assert codec.pack_blocks((block,)) == "[[4,1,9,0,3,1,4,7,9]]"
    assert codec.pack_metadata(Metadata(title="é")) == '{"title":"\\u00e9"}'
