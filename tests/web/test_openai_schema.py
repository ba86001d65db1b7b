import json
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.types import (
    Answer,
    Citation,
    IndexIdentity,
    Segment,
    Support,
    Timings,
    Turn,
    Verdict,
)
from rag.web import openai_schema as schemas
from rag.web.api import ask
from rag.web.api.schema import Model
from rag.web.openai import Completion
from rag.web.openai_schema import Annotation, Usage, read_conversation

BASE = "https://sources.example/"


class Delta(Model):
    """What a piece of a stream adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None


class ChunkChoice(Model):
    """The rest of the answer."""

    index: Literal[0]
    delta: Delta
    finish_reason: Literal["stop"] | None


class CompletionChunk(Model):
    """A piece of a stream."""

    id: str
    created: int
    model: str
    system_fingerprint: str
    object: Literal["chat.completion.chunk"]
    choices: list[ChunkChoice]
    usage: Usage | None = None
    sourcier: ask.Answer | None = None


def citation(number: int, source_url: str | None = None) -> Citation:
    return Citation(
        number=number,
        document_id="58fb63eaffa1defd",
        document_version="sha256:" + "0" * 64,
        title="Le guide",
        source=None,
        source_url=source_url,
        date=None,
        page=None,
        headings=(),
        start=10,
        end=14,
        quote="mots",
    )


def answer(*texts: str, urls: tuple[str | None, ...] = ()) -> Answer:
    """An answer of one segment a text, each with its citation."""
    written, segments = "", []
    for number, text in enumerate(texts, 1):
        start = len(written)
        end = start + len(text)
        segments.append(Segment(text, start, end, (number,), Support.VERBATIM))
        written += f"{text} [{number}]\n"
    return Answer(
        id="abc",
        question="Quoi ?",
        asked_as=None,
        answered=bool(texts),
        verdict=Verdict.ANSWERED if texts else Verdict.NONE,
        confidence=0.5,
        mode="extractive",
        text=written.rstrip() or "Je n’ai pas trouvé.",
        segments=tuple(segments),
        highlights=(),
        citations=tuple(
            citation(number, urls[number - 1] if urls else None)
            for number in range(1, len(texts) + 1)
        ),
        hits=(),
        index=IndexIdentity("20260101T000000Z-1", "little"),
        timings_ms=Timings(0.0, 0.0, 0.0, 0.0, 0.0),
    )


def completion(given: Answer) -> Completion:
    return Completion(
        given, "sourcier", BASE, Usage(prompt_tokens=1, completion_tokens=2, total_tokens=3)
    )


def chunks(events: bytes) -> list[dict[str, Any]]:
    *lines, last, nothing = events.decode().split("\n\n")
    assert (last, nothing) == ("data: [DONE]", "")
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def request(*messages: tuple[str, Any], **parameters: object) -> schemas.ChatRequest:
    told = [{"role": role, "content": content} for role, content in messages]
    return schemas.ChatRequest.model_validate({"messages": told, **parameters})


def test_a_conversation_becomes_a_question_and_its_turns() -> None:
    read = read_conversation(
        request(
            ("system", "Réponds en vers."),
            ("user", "Qui dirige le bureau ?"),
            ("assistant", "Jeanne Martin. [1]"),
            ("user", "Merci"),
            ("user", [{"type": "text", "text": "Depuis"}, {"type": "text", "text": "quand ?"}]),
        )
    )
    assert read.question == "Depuis\nquand ?"
    assert read.history == (
        Turn("Qui dirige le bureau ?", "Jeanne Martin. [1]"),
        Turn("Merci"),
    )


def test_what_follows_the_last_user_message_is_left_out() -> None:
    read = read_conversation(
        request(
            ("assistant", "Bonjour !"),
            ("user", "Quand ouvre le salon ?"),
            ("assistant", None),
            ("tool", "42"),
        )
    )
    assert (read.question, read.history) == ("Quand ouvre le salon ?", ())


def test_an_answer_in_several_messages_counts_for_its_first() -> None:
    read = read_conversation(
        request(("user", "A ?"), ("assistant", "1"), ("assistant", "2"), ("user", "B ?"))
    )
    assert read.history == (Turn("A ?", "1"),)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"n": 2}, "n vaut 2"),
        ({"n": 0}, "n vaut 0"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
    ],
)
def test_what_a_text_cannot_be_is_refused(parameters: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        read_conversation(request(("user", "Quand ?"), **parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": 1, "temperature": 0.2, "max_tokens": 5, "seed": 1, "stop": ["x"], "user": "u"},
        {"response_format": {"type": "text"}, "modalities": ["text"], "tool_choice": "auto"},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "none"},
    ],
)
def test_what_means_nothing_here_is_let_through(parameters: dict[str, Any]) -> None:
    assert read_conversation(request(("user", "Quand ?"), **parameters)).question == "Quand ?"


def test_a_conversation_without_question_is_refused() -> None:
    with pytest.raises(UsageError, match="ne pose pas de question"):
        read_conversation(request(("system", "Réponds."), ("assistant", "Bonjour")))


def test_an_image_is_refused() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    with pytest.raises(UsageError, match="autre chose que du texte"):
        read_conversation(request(("user", [{"type": "text", "text": "Quoi ?"}, image])))


def test_a_citation_leads_to_its_source_or_to_the_characters_here() -> None:
    urls = ("https://agence.example/salon", None, "javascript:alert(1)")
    told = json.loads(completion(answer("un", "deux", "trois", urls=urls)).whole())
    message = told["choices"][0]["message"]
    cited = [each["url_citation"] for each in message["annotations"]]
    assert [message["content"][each["start_index"] : each["end_index"]] for each in cited] == [
        "un",
        "deux",
        "trois",
    ]
    here = f"{BASE}documents/58fb63eaffa1defd?start=10&end=14#citation"
    assert [each["url"] for each in cited] == [urls[0], here, here]


def test_a_segment_with_two_citations_has_two_annotations() -> None:
    whole = answer("un", "deux")
    shared = Segment("un", 0, 2, (1, 2), Support.VERBATIM)
    both = replace(whole, segments=(shared,))
    told = json.loads(completion(both).whole())
    assert len(told["choices"][0]["message"]["annotations"]) == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_the_pieces_of_a_stream_make_the_whole(texts: list[str]) -> None:
    told = completion(answer(*texts))
    whole = schemas.Completion.model_validate_json(told.whole())
    parts = chunks(b"".join(told.events(with_usage=True)))
    for part in parts:
        CompletionChunk.model_validate(part)
    *begun, last, usage = parts
    deltas = [part["choices"][0]["delta"] for part in begun]
    message = whole.choices[0].message
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta["content"] for delta in deltas) == message.content
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["choices"][0]["delta"]["annotations"] == [
        each.model_dump() for each in message.annotations
    ]
    assert last["sourcier"] == whole.sourcier.model_dump(mode="json")
    assert (usage["choices"], usage["usage"]) == ([], whole.usage.model_dump())
    assert all(a["id"] == b["id"] for a, b in pairwise(parts))


def test_a_stream_has_no_usage_unless_asked() -> None:
    parts = chunks(b"".join(completion(answer("un")).events(with_usage=False)))
    assert all("usage" not in part for part in parts)
    assert all(part["choices"] for part in parts)


def test_what_is_only_possible_says_so_first_and_offsets_follow() -> None:
    possible = replace(answer("mots"), answered=False, verdict=Verdict.POSSIBLE)
    told = json.loads(completion(possible).whole())
    message = told["choices"][0]["message"]
    assert message["content"].startswith("Réponse possible, à vérifier")
    (annotation,) = message["annotations"]
    place = annotation["url_citation"]
    assert message["content"][place["start_index"] : place["end_index"]] == "mots"
    assert told["sourcier"]["verdict"] == "possible"
    streamed = chunks(b"".join(completion(possible).events(with_usage=False)))
    pieces = [each["choices"][0]["delta"].get("content", "") for each in streamed]
    assert "".join(pieces) == message["content"]
