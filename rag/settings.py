"""Settings: ``sourcier.toml`` in the working directory, then ``SOURCIER_*`` variables.

Data only: reading them builds nothing and touches nothing. A variable names a section
and a key joined by two underscores: ``SOURCIER_EMBEDDING__MODEL=/srv/models/e5``.
An unknown key is refused.
"""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError
from rag.types import Mode

SETTINGS_FILE = "sourcier.toml"
_PREFIX = "SOURCIER_"


class Section(BaseModel):
    """A section refuses keys it does not know, and does not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbeddingSettings(Section):
    """Which model turns texts into vectors, and what runs it."""

    model: str = Field("bundled", min_length=1)
    """``bundled``, a sentence-transformers folder, or a hub name."""
    runtime: Literal["auto", "openvino", "sentence-transformers"] = "auto"
    """``auto``: OpenVINO on CPU, sentence-transformers where CUDA is there."""
    precision: Literal["auto", "bf16", "f32"] = "auto"
    """``auto``: bf16 where the processor computes in it, else f32 (OpenVINO only)."""
    batch_tokens: int = Field(2048, ge=512, le=262_144)
    """Most tokens, padding included, in one batch."""
    cache: Path = Field(default_factory=lambda: user_cache_path("sourcier"))
    """Where the prepared model is kept."""


class ChunkingSettings(Section):
    """How documents are cut into passages, in the model's tokens."""

    max_tokens: int = Field(256, ge=32, le=8192)
    """Longest passage; a single longer sentence is kept whole."""
    min_tokens: int = Field(48, ge=0, le=8192)
    """A section shorter than this joins the next of the same rank or below."""


class LimitSettings(Section):
    """What is refused, so that hostile input stays harmless."""

    file_bytes: int = Field(100_000_000, ge=1)
    """Largest file read."""
    text_characters: int = Field(20_000_000, ge=1)
    """Longest reading text."""
    question_characters: int = Field(4000, ge=1)
    """Longest question."""


class IndexSettings(Section):
    """Where the index lives and how it searches."""

    directory: Path = Path("index")
    exact_passages: int = Field(50_000, ge=0)
    """Up to this many passages the search is exhaustive; above, an HNSW graph."""


class RetrievalSettings(Section):
    """How many passages are looked at and given back."""

    candidates: int = Field(70, ge=1, le=10_000)
    """Taken from each of the dense and the lexical list; 100 found no more on PIAF."""
    hits: int = Field(10, ge=1, le=1000)


class ReadingSettings(Section):
    """The reader, which reads the best passages together with the question."""

    passages: int = Field(6, ge=0, le=100)
    """The first so many are read; 0 for none, which is four times as fast and less right."""


class RerankingSettings(Section):
    """A second look at the best passages by a cross-encoder; off by default."""

    model: str = ""
    """Empty for none, a folder of a cross-encoder, or a hub name."""
    passages: int = Field(20, ge=1, le=1000)
    """The first so many are looked at again."""
    weight: float = Field(1.0, ge=0.0, le=100.0)
    """What one standard deviation of the model's scores adds to a passage's score."""


class AnsweringSettings(Section):
    """When to answer, and how much."""

    threshold: float = Field(0.5, ge=0.0, le=1.0)
    """Least confidence, a probability, at which an answer is given as one."""
    possible: float = Field(0.25, ge=0.0, le=1.0)
    """The same for what is given as possible, to be checked, under `threshold`."""
    mode: Mode = Mode.AUTO
    """How to answer where a request does not say."""
    sentences: int = Field(3, ge=1, le=10)
    """Most sentences chosen on their own merit; a list or table may bring more."""


class ServerSettings(Section):
    """Where the HTTP service listens, whom it trusts, how much it takes on."""

    host: str = Field("127.0.0.1", min_length=1)
    """Address listened on; anything but the loopback demands API keys."""
    port: int = Field(8000, ge=0, le=65_535)
    """0 lets the system choose."""
    directory: Path | None = None
    """Uploads, keys, jobs and feedback; ``service`` in the index folder by default."""
    keys: Literal["auto", "required"] = "auto"
    """``auto``: demanded beyond the loopback, and as soon as one key exists."""
    hosts: tuple[str, ...] = ()
    """Names that requests may call the service by, besides the loopback's; ``*`` for any."""
    origins: tuple[str, ...] = ()
    """Origins whose pages may call the API (CORS); none by default."""
    proxies: tuple[str, ...] = ()
    """Addresses of reverse proxies whose ``X-Forwarded-*`` headers are believed."""
    queue: int = Field(128, ge=1, le=100_000)
    """Most questions waiting or worked on; one more is answered 503."""
    batch: int = Field(16, ge=1, le=1024)
    """Most questions embedded together."""
    requests_per_minute: int = Field(600, ge=0)
    """For each key, with a burst of as much; 0 for no limit. None without keys."""
    body_bytes: int = Field(1_000_000, ge=1000)
    """Largest body of a request that sends no files."""
    upload_bytes: int = Field(200_000_000, ge=1000)
    """Largest upload, all its files together."""
    upload_files: int = Field(50, ge=1, le=10_000)
    """Most files in one upload."""
    read_seconds: float = Field(30.0, gt=0.0)
    """Longest silence of a client in the middle of its request."""
    shutdown_seconds: int = Field(30, ge=0)
    """How long requests under way may take to end once the service is asked to stop."""
    worker_bytes: int = Field(8_000_000_000, ge=0)
    """Most memory of the process that applies changes to the index; 0 for no bound."""
    worker_seconds: float = Field(900.0, ge=0.0)
    """How long its jobs may stand still before it is ended; 0 for ever."""
    log_questions: bool = False
    """Whether logs hold the text of questions."""
    report: Path = Path("build/evaluation")
    """Folder of the evaluation report that the quality page shows, if there is one."""


class _Sections(Section):
    embedding: EmbeddingSettings = EmbeddingSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    limits: LimitSettings = LimitSettings()
    index: IndexSettings = IndexSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reading: ReadingSettings = ReadingSettings()
    reranking: RerankingSettings = RerankingSettings()
    answering: AnsweringSettings = AnsweringSettings()
    server: ServerSettings = ServerSettings()


class Settings(_Sections, BaseSettings):
    """All settings, each with a default that works on a fresh machine."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", toml_file=SETTINGS_FILE
    )

    @property
    def service_directory(self) -> Path:
        """Where the service keeps its records."""
        return self.server.directory or self.index.directory / "service"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(told: str | bytes) -> Settings:
    """The settings that another process wrote as JSON (``model_dump_json``), and no others.

    Raises:
        SettingsError: they are not settings of this version.
    """
    try:
        # Not `Settings`, to which a file and variables would add.
        read = _Sections.model_validate_json(told)
    except ValidationError as error:
        raise SettingsError(
            "Les réglages reçus ne sont pas ceux de cette version de Sourcier. Relancez le "
            "service qui les a donnés."
        ) from error
    return Settings.model_construct(**dict(read))


def load_settings(index: Path | None = None) -> Settings:
    """Read the settings of this working directory and environment.

    ``index`` is the index folder that takes the place of the one they name.

    Raises:
        SettingsError: a key is unknown or a value is out of range, or the file is not
            TOML; the message names each key.
    """
    _refuse_unknown_variables()
    try:
        settings = Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors()
        )
        raise SettingsError(
            f"Réglage refusé ({SETTINGS_FILE} ou variable SOURCIER_*) : {faults}"
        ) from error
    except ValueError as error:
        raise SettingsError(
            f"{SETTINGS_FILE} n'est pas un fichier TOML lisible : {error}"
        ) from error
    if index is None:
        return settings
    chosen = settings.index.model_copy(update={"directory": index})
    return settings.model_copy(update={"index": chosen})


def _refuse_unknown_variables() -> None:
    known = {f"{_PREFIX}{section}".upper() for section in Settings.model_fields}
    unknown = [
        name
        for name in os.environ
        if name.upper().startswith(_PREFIX) and name.upper().split("__")[0] not in known
    ]
    if unknown:
        raise SettingsError(
            f"Variables inconnues : {', '.join(sorted(unknown))}. Une variable nomme une "
            "section et une clé, par exemple SOURCIER_EMBEDDING__MODEL ; les sections sont "
            f"{', '.join(Settings.model_fields)}."
        )
