"""A strict reading of a page: every element closed in order."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset("meta link br hr img input".split())


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...] = field(repr=False)
    text: str = ""
    leaf: bool = True

    @property
    def isolated(self) -> bool:
        """Whether no direction of its text reaches what stands around it."""
        return any(
            each.tag in {"bdi", "title"} or each.attributes.get("dir") == "auto"
            for each in (self, *self.parents)
        )


@dataclass
class Page(HTMLParser):
    """The elements of a page in order, each with all the text inside it."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attributes twice in {tag}"
        element = Element(tag, {n: value or "" for n, value in attrs}, tuple(self.open))
        for parent in self.open:
            parent.leaf = False
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"{tag} closed but not open"
        assert self.open.pop().tag == tag, f"{tag} closed out of order"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str, of_class: str = "") -> list[Element]:
        return [
            each
            for each in self.elements
            if each.tag == tag
            and (not of_class or of_class in each.attributes.get("class", "").split())
        ]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open, f"never closed: {[each.tag for each in page.open]}"
    return page
