"""The command ``sourcier serve``: the HTTP service, until it is asked to stop."""

import errno
import socket
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import IndexOption
from rag.cli.process import InterruptedBySignal
from rag.errors import SettingsError, UsageError
from rag.settings import Settings, load_settings
from rag.storage.disk_errors import refusal
from rag.text.typography import typeset

if TYPE_CHECKING:
    from rag.service.service import Service


def serve(
    host: Annotated[
        str | None,
        typer.Option(metavar="ADRESSE", help="Adresse d'écoute (127.0.0.1 par défaut)."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65_535,
            metavar="PORT",
            help="Port d'écoute (8000 par défaut ; 0 : un port libre).",
        ),
    ] = None,
    index_dir: IndexOption = None,
) -> None:
    """Sert les questions et les documents par HTTP, jusqu'à Ctrl+C.

    Sans clé, le service n'écoute que sur cette machine. Pour l'ouvrir à d'autres, créez
    d'abord une clé :

      sourcier keys create --name moi --role admin

      sourcier serve --host 0.0.0.0

    Sans index, il démarre et attend : ajoutez des documents par l'API, ou par sourcier index.
    """
    from rag.cli.display import ModelDisplay
    from rag.service.service import Service

    settings = _settings(host, port, index_dir)
    _check_keys(settings)
    # A port that is taken is told at once, not after the model is loaded.
    with _listen(settings) as listener:
        with ModelDisplay() as display:
            service = Service.open(settings, display.progress)
        _run(settings, service, listener)


def _settings(host: str | None, port: int | None, index_dir: Path | None) -> Settings:
    settings = load_settings(index_dir)
    given = {"host": host, "port": port}
    server = settings.server.model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    return settings.model_copy(update={"server": server})


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens on the address; `UsageError` where it cannot."""
    from rag.web.http.server import BACKLOG

    host, port = settings.server.host, settings.server.port
    listener = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Bound is not yet taken: two may be bound, one alone may listen.
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise UsageError(_unavailable(host, port, error)) from error
    return listener


def _unavailable(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Le port {port} de {host} est déjà pris, peut-être par un autre sourcier serve. "
            "Choisissez-en un autre avec --port (0 : un port libre) ou SOURCIER_SERVER__PORT."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Le système refuse le port {port}. Choisissez-en un au-delà de 1023 (--port)."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} n'est pas une adresse de cette machine. Donnez-en une avec --host, par "
            "exemple 127.0.0.1, ou 0.0.0.0 pour toutes."
        )
    return f"Impossible d'écouter sur {host}, port {port} : {refusal(error)}."


def _check_keys(settings: Settings) -> None:
    """Refuse to open the documents to others while nobody has a key."""
    from rag.library.database import Database
    from rag.library.keys import Keys
    from rag.library.library import ServiceLayout
    from rag.web.http.host_checks import is_loopback

    server = settings.server
    if is_loopback(server.host) and server.keys != "required":
        return
    file = ServiceLayout(settings.service_directory).database
    # Opening it would make it, in folders that may be named by mistake.
    if file.exists():
        with closing(Database(file)) as database:
            if Keys(database).any_active():
                return
    raise SettingsError(
        f"Le service demanderait une clé (adresse d'écoute {server.host}), et aucune n'existe. "
        "Créez-en une d'abord :\n  sourcier keys create --name moi --role admin "
        f"--index {settings.index.directory}"
    )


def _run(settings: Settings, service: "Service", listener: socket.socket) -> None:
    from rag.web.app import create_app
    from rag.web.http.logs import configure_logs
    from rag.web.http.server import run_server

    def announce() -> None:
        host, port = listener.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        typer.echo(typeset(f"Sourcier répond sur http://{address} (Ctrl+C pour arrêter)."))

    configure_logs(questions=settings.server.log_questions)
    try:
        run_server(create_app(service), settings.server, listener, announce)
    except InterruptedBySignal:
        # It was asked to stop, and did: what was under way has ended.
        typer.echo(typeset("Sourcier s'est arrêté."), err=True)
