"""Bytes to text: Unicode first, then French as Windows wrote it."""

import codecs
import re

from charset_normalizer import from_bytes

from rag.errors import CorruptDocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»‹›“”‘’–—…€°²³ºª§©®™•·\xa0¼½¾±×µ¡¿ñÑ")
_CHARACTER_SETS = ("cp", "iso8859", "koi8", "mac", "big5", "gb", "euc", "shift_jis", "iso2022")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.005
_SAMPLE = 262_144
_BINARY = (
    "Fichier binaire : son contenu n'est pas du texte. Vérifiez son extension ou "
    "convertissez-le en texte, PDF ou DOCX."
)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text in these bytes, without its byte order mark.

    A byte order mark decides; then UTF-8 if it holds; then the ``declared`` encoding;
    then Windows-1252 if what it gives looks French; a statistical guess comes last.

    Raises:
        CorruptDocumentError: the bytes are not text.
    """
    text = _decode(data, declared)
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if controls > _CONTROL_SHARE * len(text) + 2 or text.count("\x00") > 2:
        raise CorruptDocumentError(_BINARY)
    return text


def _decode(data: bytes, declared: str | None) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if b"\x00" in data:
        return _decode_wide(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return _decode_declared(data, declared) or _decode_legacy(data)


def _decode_wide(data: bytes) -> str:
    """UTF-16 without a mark shows as a zero in every other byte of plain letters."""
    sample = data[:_SAMPLE]
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[start::2].count(0)
        others = sample[1 - start :: 2].count(0)
        if zeros * 2 > len(sample[start::2]) and others == 0:
            return data.decode(name, "replace")
    raise CorruptDocumentError(_BINARY)


def _decode_declared(data: bytes, declared: str | None) -> str | None:
    if declared is None:
        return None
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None
    # Pages that say Latin-1 mean Windows-1252, as every browser reads them.
    name = "cp1252" if name in {"iso8859-1", "ascii"} else name
    if not name.startswith(_CHARACTER_SETS):
        return None
    try:
        return data.decode(name)
    except ValueError:
        return None


def _decode_legacy(data: bytes) -> str:
    if damaged := _damaged_utf8(data):
        return damaged
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    foreign = [character for character in text[:_SAMPLE] if character > "\x7f"]
    if text and sum(c in _FRENCH for c in foreign) >= 0.9 * len(foreign):
        return text
    best = from_bytes(data[:_SAMPLE]).best()
    if best is not None:
        return data.decode(best.encoding, "replace")
    if text:
        return text
    raise CorruptDocumentError(_BINARY)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes: most of what is not ASCII still decodes."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in text[:_SAMPLE] if character > "\x7f") - broken
    return text if sound > 4 * broken else None
