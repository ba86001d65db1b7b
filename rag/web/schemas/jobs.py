"""Jobs, as their progress is told."""

from typing import Annotated

from rag.web.schemas.choices import JobKindName, JobStateName
from rag.web.schemas.model import DocumentId, Model, Moment, example, told

_FILE = {
    "document_id": "0d3b6a3f0c1f5f0e",
    "name": "reglement-interieur.pdf",
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "media_type": "application/pdf",
    "size": 182_044,
    "reason": None,
}
_JOB = {
    "id": "2f6c1f0e-8a4b-4f0f-9d6b-1a0c3e5d7f91",
    "kind": "add",
    "collection": "documents",
    "state": "running",
    "files": [_FILE],
    "created": "2026-02-03T09:30:00+00:00",
    "stage": "embedded",
    "done": 12,
    "total": 40,
    "started": "2026-02-03T09:30:01+00:00",
    "ended": None,
    "error": None,
    "generation": None,
}


class ListQuery(Model):
    """Quels travaux lister."""

    collection: Annotated[
        str | None,
        told("Une seule collection ; par défaut, toutes celles que voit la clé."),
    ] = None
    limit: Annotated[int, told("Combien en rendre, au plus.", ge=1, le=500)] = 50


class JobFile(Model):
    """Un document qu'un travail ajoute, remplace ou retire."""

    document_id: DocumentId
    name: Annotated[str, told("Son nom.", _FILE["name"])]
    sha256: Annotated[
        str, told("L'empreinte du fichier ; vide s'il est retiré.", _FILE["sha256"])
    ]
    media_type: Annotated[
        str, told("Ce que le contenu est ; vide s'il est retiré.", "application/pdf")
    ]
    size: Annotated[int, told("En octets.", 182_044, ge=0)]
    reason: Annotated[
        str | None, told("Pourquoi il a été laissé de côté ; null s'il ne l'a pas été.")
    ]


class Job(Model):
    """Un changement de l'index, en cours ou achevé.

    Il n'est dit achevé (« done », « partly » ou « failed ») qu'une fois que les réponses de
    ce serveur en tiennent compte.
    """

    model_config = example(**_JOB)

    id: Annotated[str, told("Son identifiant.", _JOB["id"])]
    kind: Annotated[
        JobKindName,
        told("Ce qu'il fait : ajouter, remplacer, retirer, ou retirer une collection.", "add"),
    ]
    collection: Annotated[str, told("La collection qu'il change.", "documents")]
    state: Annotated[
        JobStateName,
        told(
            "Où il en est. « partly » : certains fichiers n'ont pas pu être lus, les autres "
            "sont dans l'index.",
            "running",
        ),
    ]
    files: list[JobFile]
    created: Moment
    stage: Annotated[
        str, told("L'étape en cours ; vide avant le début et après la fin.", "embedded")
    ]
    done: Annotated[int, told("Où en est l'étape.", 12, ge=0)]
    total: Annotated[int, told("Ce que compte l'étape ; 0 tant qu'on l'ignore.", 40, ge=0)]
    started: Annotated[Moment | None, told("Son début.")]
    ended: Annotated[Moment | None, told("Sa fin.")]
    error: Annotated[str | None, told("Pourquoi il a échoué en entier.")]
    generation: Annotated[str | None, told("La génération de l'index qu'il a publiée.")]


class JobList(Model):
    """Les travaux, du plus récent au plus ancien."""

    jobs: list[Job]
