"""The bundled model's vocabulary as a ``tokenizers`` tokenizer.

SentencePiece normalises with the rule ``nmt_nfkc``: control characters go, every kind of
white space becomes a space, then NFKC. ``tokenizers`` has both steps ready made; over all
code points they differ from the map in the weights file in two (U+FF5E and U+1F23B).
"""

import json
from array import array
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from rag.embedding.unigram_tokenizer import FRAME_FILE, PIECES_FILE, SCORES_FILE, SEPARATOR
from rag.embedding.weights import Vocabulary

MASK = "<mask>"


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer that frames a text as ``<s> text </s>``.

    Spaces are collapsed and trimmed, as SentencePiece did when the model was trained.
    """
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


def special_tokens(vocabulary: Vocabulary) -> dict[str, str]:
    """The special pieces by the role that transformers gives them."""
    names = [piece for piece, _ in vocabulary.pieces]
    roles = {
        "bos_token": names[vocabulary.bos],
        "eos_token": names[vocabulary.eos],
        "unk_token": names[vocabulary.unk],
        "sep_token": names[vocabulary.eos],
        "pad_token": names[vocabulary.pad],
        "cls_token": names[vocabulary.bos],
    }
    return roles | ({"mask_token": MASK} if MASK in names else {})


def save_pieces(folder: Path, tokenizer_file: Path) -> bool:
    """Write what `load_pieces` of `unigram_tokenizer` reads, for a tokenizer of our making.

    Args:
        folder: receives three files.
        tokenizer_file: a ``tokenizer.json``.

    Returns:
        False, and nothing written, where the tokenizer is of any other kind.

    Raises:
        OSError: a file cannot be read or written.
    """
    definition = json.loads(tokenizer_file.read_bytes())
    model = definition["model"]
    if not _is_of_our_making(definition):
        return False
    scores = array("f", [score for _, score in model["vocab"]])
    if any(kept != given for kept, (_, given) in zip(scores, model["vocab"], strict=True)):
        return False
    joined = SEPARATOR.join(piece for piece, _ in model["vocab"])
    if joined.count(SEPARATOR) != len(scores) - 1:
        return False
    before, after = _frame(definition["post_processor"])
    known = {
        "before": before,
        "after": after,
        "unk": model["unk_id"],
        "special": [token["content"] for token in definition["added_tokens"]],
    }
    (folder / FRAME_FILE).write_text(json.dumps(known), "utf-8")
    (folder / PIECES_FILE).write_bytes(joined.encode())
    (folder / SCORES_FILE).write_bytes(scores.tobytes())
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
