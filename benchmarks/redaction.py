"""What is left of the personal data planted in the sample calls and chats after redaction.

    python -m benchmarks.redaction [--only banking]

Each file is analysed with ``redact="both"`` into a new store and JSON folder. Counted are the
planted items that come back in the bytes of the store or the JSON, as written, or as digits or
digit words in any grouping; and the digits that a second transcription of the toned copy hears in
the turn of a planted number, against those planted. Names that the scorecard itself says in its
example lines, which the store keeps too, are not counted there.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cintel import Analyzer, Store
from cintel.conversation import Turn
from cintel.ingest.audio import read_audio
from cintel.language.spoken import normalise
from cintel.quality import dumps as card_text
from pipelines.batch import Batch
from pipelines.discover import plan

SAMPLES = Path(__file__).parents[1] / "sample_audio"
NUMBERS = frozenset({"card", "account", "phone", "postcode"})
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="files whose names begin so")
    only = parser.parse_args().only
    print(f"{'file':32} {'planted':>7} {'in store':>8} {'in JSON':>7} {'digits':>6} {'heard':>5}")
    with tempfile.TemporaryDirectory() as folder:
        for path, truth in samples(only):
            print(line(path, truth, Path(folder)), flush=True)


def samples(only: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for told in sorted(SAMPLES.glob(f"*/{only}*.truth.json")):
        truth = json.loads(told.read_text(encoding="utf-8"))
        yield told.parent / Path(truth["file"]).name, truth


def line(path: Path, truth: dict[str, Any], folder: Path) -> str:
    url, results = folder / f"{path.stem}.db", folder / "json"
    analyzer = Analyzer(device="cpu", redact="both", redacted=folder / "redacted")
    with Store(url) as store:
        jobs, _ = plan([path])
        batch = Batch(analyzer, store, results)
        outcome = next(iter(batch.run(jobs)))
    kept, written = url.read_bytes(), (results / f"{path.stem}.json").read_bytes()
    items = [item["text"] for item in truth["pii"]]
    card = card_text(analyzer.scorecard).encode()
    stored = [item for item in items if leaks(item, kept) and not leaks(item, card)]
    dumped = [item for item in items if leaks(item, written)]
    planted = heard = 0
    if truth["channel"] == "call":
        copy = Path(outcome.analyses[0].conversation.source)
        again = analyzer.listener.listen(read_audio(copy), "en").turns
        planted, heard = digits_heard(truth, again)
    left = f"  left: {stored} {dumped}" if stored or dumped else ""
    return (
        f"{path.name:32} {len(items):7} {len(stored):8} {len(dumped):7} {planted:6} {heard:5}{left}"
    )


def leaks(item: str, data: bytes) -> bool:
    """Whether an item stands in a file: as written, or its digits or their words in any groups."""
    text = data.decode("utf-8", "ignore")
    if re.search(rf"\b{re.escape(item)}\b", text):
        return True
    digits = re.sub(r"\D", "", normalise(item).text)
    forms = (f"(?:{digit}|{DIGITS[int(digit)]})" for digit in digits)
    grouped = r"(?<!\d)" + r"[\s,.\-]{0,3}".join(forms) + r"(?!\d)"  # else lists of loudness agree
    return len(digits) > 3 and re.search(grouped, text, re.IGNORECASE) is not None


def digits_heard(truth: dict[str, Any], turns: tuple[Turn, ...]) -> tuple[int, int]:
    """Digits of planted numbers, and digits heard in the stretch of their turns."""
    planted = heard = 0
    for place in sorted({item["turn"] for item in truth["pii"] if item["type"] in NUMBERS}):
        turn = truth["turns"][place]
        planted += len(re.sub(r"\D", "", normalise(turn["text"]).text))
        words = " ".join(
            word.text
            for other in turns
            for word in other.words
            if turn["start"] - 0.3 <= (word.start + word.end) / 2 <= turn["end"] + 0.3
        )
        heard += len(re.sub(r"\D", "", normalise(words).text))
    return planted, heard


if __name__ == "__main__":
    main()
