"""What a reader thinks of an answer."""

from typing import Annotated

from pydantic import Strict

from rag.web.schemas.model import Model, Moment, example, told

_EXAMPLE = {
    "answer_id": "d359b507641b4cfdbe9784349c379498",
    "helpful": False,
    "comment": "Le tarif cité est celui de 2001 ; un arrêté plus récent est dans la base.",
}

AnswerId = Annotated[
    str,
    told(
        "L'identifiant de la réponse jugée.",
        _EXAMPLE["answer_id"],
        min_length=1,
        max_length=100,
    ),
]
Helpful = Annotated[bool, told("Si elle a été utile.", False)]
Comment = Annotated[
    str, told("Ce qui manquait, ce qui était faux.", _EXAMPLE["comment"], max_length=4000)
]


class FeedbackRequest(Model):
    """Un avis sur une réponse."""

    model_config = example(**_EXAMPLE)

    answer_id: AnswerId
    helpful: Annotated[Helpful, Strict()]
    comment: Comment = ""


class Feedback(Model):
    """Un avis, tel qu'il est conservé."""

    model_config = example(
        id="7b0c4a5f-2f7a-4a39-b4fb-b5c3d6f0a1e2",
        **_EXAMPLE,
        created="2026-02-03T09:30:00+00:00",
    )

    id: Annotated[str, told("L'identifiant de l'avis.", "7b0c4a5f-2f7a-4a39-b4fb-b5c3d6f0a1e2")]
    answer_id: AnswerId
    helpful: Helpful
    comment: Comment
    created: Moment
