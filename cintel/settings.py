"""One value object for everything a user may choose.

A setting comes from, first found wins: an argument, a ``CINTEL_*`` environment variable,
``cintel.toml`` in the working folder, the default below.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, FilePath, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from cintel.errors import SettingsError


class Settings(BaseSettings):
    """What to run and where; see each field."""

    model_config = SettingsConfigDict(
        env_prefix="CINTEL_", toml_file="cintel.toml", frozen=True, extra="forbid"
    )

    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where the models run")
    asr: str = Field(
        "whisper-base", description="registry or Hugging Face name, faster-whisper size, or folder"
    )
    hotwords: str | None = Field(None, description="names and terms to expect, in plain words")
    diarizer: str | None = Field(
        None, description="a pyannote pipeline by name or folder; None: cintel's own"
    )
    language: str | None = Field(None, description="ISO 639-1 code; None identifies it")
    speakers: int | None = Field(None, ge=1, le=8, description="people on a mono call, if known")
    threads: int = Field(0, ge=0, description="CPU threads; 0 takes all cores")
    vram: float = Field(8.0, ge=1, description="GB of GPU memory to stay within")
    store: str = Field("sqlite:///cintel.db", description="database URL")
    scorecard: str = Field("general-service", description="packaged name or YAML file")
    metadata_pattern: str | None = Field(
        None, description="file name template, e.g. {agent_id}_{customer_id}"
    )
    redact: Literal["none", "text", "audio", "both"] = Field(
        "none", description="where personal data is taken out before anything is kept"
    )
    redacted: Path = Field(
        Path("redacted"), description="folder of the copies of recordings without it"
    )
    voices: Path | None = Field(
        None, description="file of voiceprints; None: no agent is known by voice"
    )
    intents: FilePath | None = Field(
        None, description="YAML of your own intents, name: [line, …], in place of cintel's set"
    )
    sentiment_model: str | None = Field(
        None, description="a Hugging Face classifier, by name or folder, in place of cintel's"
    )
    emotion_model: str | None = Field(None, description="likewise for emotions")
    intent_model: str | None = Field(None, description="likewise for intents")
    label_maps: dict[Literal["sentiment", "emotion", "intent"], dict[str, str]] = Field(
        default_factory=dict, description="the labels of those models to cintel's, by kind"
    )
    llm_url: str | None = Field(
        None, description="OpenAI-compatible server, e.g. http://localhost:11434/v1; None: none"
    )
    llm_model: str | None = Field(None, description="the model's name on that server")
    llm_key: SecretStr | None = Field(None, description="that server's key, if it wants one")
    llm_timeout: float = Field(60.0, gt=0, description="seconds an answer of it may take")

    llm_hide: bool = Field(
        True, description="a judge is sent personal data as its type only; a summary always is"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then ``cintel.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def digest(self, *extra: str) -> str:
        """Twelve hex digits over every setting that changes a result, and ``extra``.

        The device, threads, vram and the store are left out: they change where, not what. So is
        the files of voices and intents, of which the content counts: the analyzer puts that into
        ``extra``.
        The language model's key and patience decide no words either.
        """
        left_out = {
            "device",
            "threads",
            "vram",
            "store",
            "voices",
            "intents",
            "llm_key",
            "llm_timeout",
        }
        kept = self.model_dump_json(exclude=left_out)
        return hashlib.sha256("\n".join((kept, *extra)).encode()).hexdigest()[:12]


def load_settings(**arguments: Any) -> Settings:
    """Settings from every source; arguments that are None count as not given.

    Raises:
        SettingsError: a value cannot work, or a name is unknown; names the setting.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(name, "is not a setting", f"Known settings: {known}") from error
        if name == "llm_key":  # neither the message nor what caused it may show the key
            raise SettingsError("setting llm_key", first["msg"], "Correct its value") from None
        raise SettingsError(
            f"setting {name}", f"{first['msg']} (got {first['input']!r})", "Correct its value"
        ) from error
    except ValueError as error:
        raise SettingsError(str(Path("cintel.toml")), str(error), "Correct the file") from error
