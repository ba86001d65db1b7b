"""The OpenAI API, by its own client over a real socket."""

import socket
import threading
from collections.abc import Callable, Iterator

import openai
import pytest
import uvicorn
from openai import OpenAI

from rag.library.keys import Role
from rag.service.service import Service
from rag.web.api.ask import Answer
from rag.web.app import create_app
from rag.web.openai_schema import ChatModels, Completion
from tests.web.conftest import KeyMaker

QUESTION = "Quand ouvre le salon de la donnée ?"
Connect = Callable[..., OpenAI]


@pytest.fixture
def connect(service: Service) -> Iterator[Connect]:
    """Makes clients of the service, on a port of its own; ``connect(headers)`` with a key."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Listening at once: what connects before the service has started waits for it.
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    opened: list[OpenAI] = []

    def make(headers: dict[str, str] | None = None) -> OpenAI:
        secret = (headers or {}).get("Authorization", "Bearer sans-objet")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        client = OpenAI(
            base_url=url, api_key=secret.removeprefix("Bearer "), max_retries=0, timeout=60.0
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()
    server.should_exit = True
    thread.join()


def test_a_question_is_answered_with_its_citations(connect: Connect) -> None:
    told = connect().chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}], temperature=0.3
    )
    message = told.choices[0].message
    assert told.choices[0].finish_reason == "stop"
    assert message.content is not None
    assert "3 février 2026" in message.content
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert cited.url == "https://agence.example/salon"
    assert cited.title == "Salon de la donnée 2026"
    assert "3 février 2026" in message.content[cited.start_index : cited.end_index]


def test_the_native_answer_comes_whole_beside_the_message(connect: Connect) -> None:
    told = connect().chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}]
    )
    assert told.model_extra is not None
    native = Answer.model_validate(told.model_extra["sourcier"])
    assert native.text == told.choices[0].message.content
    assert told.id == f"chatcmpl-{native.id}"
    assert told.system_fingerprint == native.index.generation
    assert told.usage is not None
    assert 0 < told.usage.prompt_tokens < told.usage.total_tokens
    assert Completion.model_validate(told.model_dump(exclude_unset=True))


def test_the_answer_can_be_judged_by_its_id(connect: Connect, service: Service) -> None:
    told = connect().chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}]
    )
    assert service.recent.find(told.id.removeprefix("chatcmpl-"), "") is not None


def test_a_stream_says_the_same(connect: Connect) -> None:
    client = connect()
    whole = client.chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}]
    )
    chunks = list(
        client.chat.completions.create(
            model="sourcier",
            messages=[{"role": "user", "content": QUESTION}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    message = whole.choices[0].message
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == message.content
    assert deltas[-1].model_extra is not None
    assert message.annotations is not None
    assert deltas[-1].model_extra["annotations"] == [
        annotation.model_dump() for annotation in message.annotations
    ]
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_streaming_helper_puts_the_message_together(connect: Connect) -> None:
    with connect().chat.completions.stream(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}]
    ) as stream:
        events = [event.type for event in stream]
        message = stream.get_final_completion().choices[0].message
    assert "content.delta" in events
    assert message.content is not None
    assert "3 février 2026" in message.content
    assert message.annotations


def test_a_follow_up_leans_on_the_conversation(connect: Connect) -> None:
    told = connect().chat.completions.create(
        model="sourcier",
        messages=[
            {"role": "system", "content": "Tu réponds en anglais."},
            {"role": "user", "content": "Qui préside le Bureau des cartes ?"},
            {"role": "assistant", "content": "Jeanne Martin préside le Bureau des cartes. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "Depuis quand ?"}]},
        ],
    )
    assert "2024" in (told.choices[0].message.content or "")


def test_a_question_without_answer_gets_none(connect: Connect) -> None:
    told = connect().chat.completions.create(
        model="sourcier:vide", messages=[{"role": "user", "content": QUESTION}]
    )
    assert told.choices[0].message.annotations == []


@pytest.fixture(autouse=True)
def _empty_collection(service: Service) -> None:
    service.collections.create("vide", "")


def test_a_model_is_a_collection(connect: Connect) -> None:
    client = connect()
    listed = client.models.list()
    assert ChatModels.model_validate(listed.model_dump(exclude_unset=True))
    names = [model.id for model in listed.data]
    assert names == ["sourcier", "sourcier:documents", "sourcier:notes", "sourcier:vide"]
    assert client.models.retrieve("sourcier:notes").id == "sourcier:notes"
    told = client.chat.completions.create(
        model="sourcier:notes", messages=[{"role": "user", "content": QUESTION}]
    )
    assert told.model_extra is not None
    assert {hit["title"] for hit in told.model_extra["sourcier"]["hits"]} <= {"Note"}


@pytest.mark.parametrize("model", ["gpt-4o", "sourcier:", "sourcier:secret", "sourcierx"])
def test_another_model_is_unknown(connect: Connect, model: str) -> None:
    client = connect()
    with pytest.raises(openai.NotFoundError, match=r"Aucun modèle"):
        client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": QUESTION}]
        )
    with pytest.raises(openai.NotFoundError, match=r"Aucun modèle"):
        client.models.retrieve(model)


def test_a_key_knows_its_own_collections_only(connect: Connect, key: KeyMaker) -> None:
    client = connect(key(Role.READER, "notes"))
    assert [model.id for model in client.models.list().data] == ["sourcier", "sourcier:notes"]
    with pytest.raises(openai.NotFoundError, match="Aucun modèle") as hidden:
        client.models.retrieve("sourcier:documents")
    with pytest.raises(openai.NotFoundError, match="Aucun modèle") as absent:
        client.models.retrieve("sourcier:absente")
    told = hidden.value.message.replace("documents", "absente")
    assert told == absent.value.message
    answer = client.chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": QUESTION}]
    )
    assert answer.model_extra is not None
    assert "Salon" not in str(answer.model_extra["sourcier"]["hits"])
    assert "février" not in (answer.choices[0].message.content or "")


def test_without_a_valid_key_nothing_is_told(connect: Connect, key: KeyMaker) -> None:
    key()
    client = connect()
    with pytest.raises(openai.AuthenticationError):
        client.models.list()
    with pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(
            model="sourcier", messages=[{"role": "user", "content": QUESTION}]
        )


def test_errors_are_told_in_the_client_s_own_words(connect: Connect) -> None:
    client = connect()
    with pytest.raises(openai.UnprocessableEntityError, match="n vaut 2") as refused:
        client.chat.completions.create(
            model="sourcier", n=2, messages=[{"role": "user", "content": QUESTION}]
        )
    assert refused.value.type
    assert refused.value.request_id
    with pytest.raises(openai.UnprocessableEntityError, match="vide"):
        client.chat.completions.create(
            model="sourcier", messages=[{"role": "user", "content": "  "}]
        )
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="sourcier", messages=[])
