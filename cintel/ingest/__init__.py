"""Files in, :class:`~cintel.ingest.audio.Recording` or conversations out."""
