"""The commands ``sourcier keys …``: who may use the service, and for what."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, TextIO

import typer

from rag.cli.options import IndexOption
from rag.errors import UnknownError, UsageError
from rag.library.database import Database
from rag.library.keys import Key, Keys, Role
from rag.library.library import ServiceLayout
from rag.settings import Settings, load_settings
from rag.text.typography import typeset

app = typer.Typer(name="keys", help="Les clés d'accès au service.", no_args_is_help=True)


@app.command(short_help="Crée une clé, et en montre le secret une seule fois.")
def create(
    name: Annotated[
        str, typer.Option("--name", metavar="NOM", help="Pour la reconnaître dans la liste.")
    ],
    role: Annotated[
        Role,
        typer.Option(
            "--role",
            help="reader : interroger, lire, juger ; editor : aussi ajouter, remplacer et "
            "retirer des documents ; admin : aussi gérer les collections et voir les mesures.",
        ),
    ],
    collections: Annotated[
        str | None,
        typer.Option(
            "--collections",
            metavar="A,B",
            help="Les seules collections qu'elle voit, séparées par des virgules. Sans cela, "
            "toutes, celles à venir comprises.",
        ),
    ] = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(
            "--collection", metavar="NOM", help="Une collection qu'elle voit ; se répète."
        ),
    ] = None,
    index_dir: IndexOption = None,
) -> None:
    """Crée une clé. Son secret s'écrit sur la sortie standard, et nulle part ailleurs.

    Dès qu'une clé existe, chaque requête au service doit en présenter une.

    Exemple : sourcier keys create --name intranet --role reader --collections rh,juridique
    """
    seen = _seen(collections, collection)
    _require_output()
    with _keys(load_settings(index_dir)) as keys:
        first = not keys.all()
        key, secret = keys.create(name, role, seen)
        try:
            typer.echo(secret)
        except OSError:
            # A key that nobody can use must not be left for somebody to find.
            keys.revoke(key.id)
            raise
    _say(f"Clé « {key.name} » créée : {_rights(key)} ; identifiant {key.id}.")
    _say("Notez ce secret maintenant : il n'est gardé nulle part et ne sera plus montré.")
    if first:
        _say(
            "C'est la première clé : toute requête au service doit désormais en présenter une."
        )


@app.command("list", short_help="Montre les clés, sans leurs secrets.")
def list_keys(
    index_dir: IndexOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Montre les clés, révoquées comprises, de la plus ancienne à la plus récente."""
    settings = load_settings(index_dir)
    found: list[Key] = []
    if _file(settings).exists():
        with _keys(settings) as keys:
            found = keys.all()
    if as_json:
        from rag.cli.display import write_json

        write_json(found)
        return
    if not found:
        _say("Aucune clé. Créez-en une : sourcier keys create --name NOM --role reader")
    for key in found:
        state = f"révoquée le {key.revoked[:10]}" if key.revoked else "active"
        line = f"{key.id}  {key.name} : {_rights(key)} ; créée le {key.created[:10]} ; {state}"
        typer.echo(typeset(line))


@app.command(short_help="Révoque une clé, pour toujours.")
def revoke(
    key: Annotated[str, typer.Argument(metavar="CLÉ", help="Son nom ou son identifiant.")],
    index_dir: IndexOption = None,
) -> None:
    """Révoque une clé : le service la refuse dès la requête suivante, sans redémarrer."""
    settings = load_settings(index_dir)
    if not _file(settings).exists():
        raise UnknownError(f"Aucune clé n'a été créée dans {settings.service_directory}.")
    with _keys(settings) as keys:
        revoked = keys.revoke(key)
        last = not keys.any_active()
    _say(f"Clé « {revoked.name} » ({revoked.id}) révoquée.")
    if last:
        _say(
            "C'était la dernière clé active : le service refuse toutes les requêtes jusqu'à ce "
            "que vous en créiez une autre."
        )


def _require_output() -> None:
    """Make no key whose secret nobody would see."""
    if not _goes_nowhere(sys.stdout):
        return
    raise UsageError(
        "La sortie standard est fermée, ou jetée : le secret serait perdu. Aucune clé n'a été "
        "créée. Relancez la commande dans un terminal, ou envoyez sa sortie dans un fichier."
    )


def _goes_nowhere(stream: TextIO | None) -> bool:
    if stream is None:
        return True
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        # No file of the system's: whoever replaced it reads it.
        return False
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev


def _rights(key: Key) -> str:
    if key.collections is None:
        return f"rôle {key.role}, toutes les collections"
    named = ", ".join(f"« {each} »" for each in key.collections)
    noun = "collections" if len(key.collections) > 1 else "collection"
    return f"rôle {key.role}, {noun} {named}"


def _seen(joined: str | None, single: Sequence[str] | None) -> tuple[str, ...] | None:
    """The collections named, None where none is."""
    if joined is None and not single:
        return None
    parts = [] if joined is None else [each for each in joined.split(",") if each.strip()]
    seen = (*parts, *(single or ()))
    if not seen:
        raise typer.BadParameter("--collections est vide ; nommez-en au moins une")
    return seen


def _file(settings: Settings) -> Path:
    return ServiceLayout(settings.service_directory).database


@contextlib.contextmanager
def _keys(settings: Settings) -> Iterator[Keys]:
    with contextlib.closing(Database(_file(settings))) as database:
        yield Keys(database)


def _say(sentence: str) -> None:
    typer.echo(typeset(sentence), err=True)
