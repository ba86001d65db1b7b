"""HTML pages: their main content, and what they say of themselves."""

import re

from rag.ingest.characters import clean_characters
from rag.ingest.draft import Draft
from rag.ingest.readers.encoding import decode
from rag.ingest.readers.html_blocks import node_blocks
from rag.ingest.readers.html_content import main_node
from rag.ingest.readers.html_metadata import page_metadata
from rag.ingest.readers.html_tree import parse_html

_HEAD = 4096
_CHARSET = re.compile(
    rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_.:-]{2,30})", re.IGNORECASE
)


def read_html(data: bytes) -> Draft:
    """The document in these bytes of HTML.

    Raises:
        CorruptDocumentError: the bytes are not text, or nest beyond reason.
    """
    declared = _CHARSET.search(data[:_HEAD])
    name = declared[1].decode("ascii") if declared else None
    return draft_from_html(decode(data, name))


def draft_from_html(html: str) -> Draft:
    """The blocks of a page's main content, without menus, banners and hidden parts."""
    tree = parse_html(clean_characters(html))
    metadata = page_metadata(tree)
    main = main_node(tree)
    blocks = node_blocks(main) if main is not None else []
    return Draft(tuple(blocks), metadata)
