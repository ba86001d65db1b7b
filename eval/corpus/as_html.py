"""A source as a web page, with the menus, banner and footer that real pages have."""

from html import escape

from .source import Heading, Items, Paragraph, Runs, Source, Table

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} | {publisher}</title>
<meta name="description" content="{title}">
<meta property="og:title" content="{title}">
<meta property="og:site_name" content="{publisher}">
<meta property="article:published_time" content="{date}">
<link rel="canonical" href="{link}">
<style>nav {{ display: flex }} .encart {{ float: right }}</style>
<script>window.menu = "ouvert";</script>
</head>
<body>
<header><a href="/">Accueil</a>
<nav aria-label="Menu principal"><ul>
<li><a href="/actualites">Actualités</a></li>
<li><a href="/dossiers">Dossiers</a></li>
<li><a href="/agenda">Agenda</a></li>
<li><a href="/contact">Nous contacter</a></li>
</ul></nav></header>
<div class="cookie-banner" role="dialog">Ce site dépose des cookies de mesure d'audience.
<button>Accepter</button> <button>Refuser</button></div>
<main>
<article>
<h1>{title}</h1>
<p class="chapeau"><time datetime="{date}">{date}</time></p>
{body}
</article>
</main>
<aside class="encart"><h2>À lire aussi</h2><ul>
<li><a href="/dossiers/1">Tous nos dossiers</a></li>
<li><a href="/lettre">S'abonner à la lettre d'information</a></li></ul></aside>
<footer><p>Mentions légales – Accessibilité : partiellement conforme – Plan du site</p></footer>
</body>
</html>
"""


def render(source: Source) -> bytes:
    """The page, in UTF-8."""
    body = "\n".join(_part(part) for part in source.parts)
    page = _PAGE.format(
        language=source.language,
        title=escape(source.title),
        publisher=escape(source.publisher),
        date=source.date,
        link=escape(source.link),
        body=body,
    )
    return page.encode("utf-8")


def _part(part: Heading | Paragraph | Items | Table) -> str:
    match part:
        case Heading(level, runs):
            tag = f"h{max(level, 2)}"
            return f"<{tag}>{_inline(runs)}</{tag}>"
        case Paragraph(runs):
            return f"<p>{_inline(runs)}</p>"
        case Items(ordered, items):
            tag = "ol" if ordered else "ul"
            lines = "\n".join(f"<li>{_inline(item)}</li>" for item in items)
            return f"<{tag}>\n{lines}\n</{tag}>"
        case Table(rows):
            head, *body = (_row(row, "th" if at == 0 else "td") for at, row in enumerate(rows))
            lines = "\n".join(body)
            return f"<table>\n<thead>\n{head}\n</thead>\n<tbody>\n{lines}\n</tbody>\n</table>"


def _row(cells: tuple[Runs, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in cells) + "</tr>"


def _inline(runs: Runs) -> str:
    pieces = []
    for run in runs:
        piece = escape(run.text, quote=False)
        if run.bold:
            piece = f"<strong>{piece}</strong>"
        if run.italic:
            piece = f"<em>{piece}</em>"
        if run.link:
            piece = f'<a href="{escape(run.link)}">{piece}</a>'
        pieces.append(piece)
    return "".join(pieces)
