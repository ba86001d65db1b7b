"""What is wider than the window it is seen in."""

from typing import Final

from playwright.sync_api import Page

# The spacing that WCAG 2.2 has pages bear (1.4.12), and letters twice as large (1.4.4).
SPACED: Final = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; }
* { word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }
"""
DOUBLE: Final = "html { font-size: 200% !important; }"
_STYLE: Final = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
# What can be scrolled by itself may be wider.
_WIDER: Final = """() => {
  const apart = ".visually-hidden, .table-scroll, pre, svg, dialog:not([open])";
  const out = [...document.querySelectorAll("body *")].filter((each) => {
    const { left, right, width } = each.getBoundingClientRect();
    return width > 1 && (right > innerWidth + 1 || left < -1) && !each.closest(apart);
  });
  const { scrollWidth, clientWidth } = document.documentElement;
  const over = scrollWidth > clientWidth ? [`${scrollWidth} for ${clientWidth} pixels`] : [];
  return [...over, ...out.slice(0, 5).map((each) => each.outerHTML.slice(0, 150))];
}"""


def overflows(page: Page, width: int = 0, style: str = "") -> list[str]:
    """What sticks out of the window, or is cut off by it.

    Args:
        page: as it stands.
        width: of the window; 0 for the one it has.
        style: rules that are put over the page's own.
    """
    if width:
        page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(_STYLE, style)
    found: list[str] = page.evaluate(_WIDER)
    page.evaluate(_STYLE, "")
    return found
