"""What options of the command line may be."""

from __future__ import annotations

from enum import StrEnum


class Device(StrEnum):
    """Where the models run."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Engine(StrEnum):
    """What spreads the work."""

    local = "local"
    ray = "ray"


class Redact(StrEnum):
    """Where personal data is taken out."""

    none = "none"
    text = "text"
    audio = "audio"
    both = "both"


class Format(StrEnum):
    """What ``cintel show`` prints."""

    text = "text"
    json = "json"
    srt = "srt"
    vtt = "vtt"
    rttm = "rttm"


class Tables(StrEnum):
    """What ``cintel export`` writes."""

    parquet = "parquet"
    csv = "csv"
    jsonl = "jsonl"
