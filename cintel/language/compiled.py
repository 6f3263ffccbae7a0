"""A BERT-like encoder's weights as a CTranslate2 model, built once and kept in the cache.

CTranslate2 already runs the recogniser here. It computes in 8-bit integers on a CPU, in half
precision on a GPU, and skips padding; its own converter would load torch and transformers.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cintel.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tensors = dict[str, NDArray[np.float32]]

FORMAT = 1
"""Part of a compiled model's name; raise it when what is built here changes."""

_FUSED = ("query", "key", "value")


def compiled(folder: Path, layers: Path | None, cache: Path, device: str) -> Path:
    """The folder of the compiled model; the second call with the same weights finds it there.

    Args:
        folder: holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
        layers: a file of weights that replace those of ``folder``; None: there is none.
        cache: where compiled models are kept.
        device: ``cpu`` or ``cuda``, for which the numbers differ.

    Raises:
        ModelError: a file is missing, or is no such model.
    """
    sources = [folder / "config.json", folder / "model.safetensors", *([layers] if layers else [])]
    digest = hashlib.sha256(str(FORMAT).encode())
    for path in sources:
        if not path.is_file():
            raise ModelError(path, "is missing", "Name a text encoder's folder")
        digest.update(path.read_bytes())
    home = cache / f"encoder-{digest.hexdigest()[:16]}" / device
    if not (home / "model.bin").is_file():
        _build(sources, home, "int8" if device == "cpu" else "float16")
    return home


def _build(sources: list[Path], home: Path, numbers: str) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads(sources[0].read_text(encoding="utf-8"))
        tensors: Tensors = {}
        for path in sources[1:]:
            tensors |= {
                key.removeprefix("bert."): value.astype(np.float32)
                for key, value in load_file(path).items()
                if value.dtype != np.int64
            }
        spec = _specification(config, tensors)
    except (SafetensorError, KeyError, ValueError) as error:
        fault = f"is no BERT-like encoder ({error})"
        raise ModelError(sources[1], fault, "Name another folder") from error
    spec.validate()
    spec.optimize(quantization=numbers)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as part:
        spec.save(part)
        # Two processes may build at once: the last one wins, with the same bytes.
        home.mkdir(exist_ok=True)
        for path in sorted(Path(part).iterdir(), key=lambda path: path.name == "model.bin"):
            os.replace(path, home / path.name)


def _specification(config: dict[str, Any], tensors: Tensors) -> Any:
    from ctranslate2.specs import common_spec, transformer_spec

    layers = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    spec = transformer_spec.TransformerEncoderModelSpec(layers)
    layers.scale_embeddings = False
    words = tensors["embeddings.word_embeddings.weight"]
    layers.embeddings[0].weight = words
    layers.embeddings[1].weight = tensors["embeddings.token_type_embeddings.weight"]
    layers.position_encodings.encodings = tensors["embeddings.position_embeddings.weight"]
    _norm(layers.layernorm_embedding, tensors, "embeddings.LayerNorm")
    for number, layer in enumerate(layers.layer):
        _layer(layer, tensors, f"encoder.layer.{number}")
    # Texts come in as numbers; the words themselves only have to be as many.
    spec.register_vocabulary([str(number) for number in range(len(words))])
    spec.config.unk_token = "0"
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    return spec


def _layer(layer: Any, tensors: Tensors, name: str) -> None:
    own = f"{name}.attention"
    fused = layer.self_attention.linear[0]
    for kind in ("weight", "bias"):
        parts = [tensors[f"{own}.self.{part}.{kind}"] for part in _FUSED]
        setattr(fused, kind, np.concatenate(parts))
    _linear(layer.self_attention.linear[1], tensors, f"{own}.output.dense")
    _norm(layer.self_attention.layer_norm, tensors, f"{own}.output.LayerNorm")
    _linear(layer.ffn.linear_0, tensors, f"{name}.intermediate.dense")
    _linear(layer.ffn.linear_1, tensors, f"{name}.output.dense")
    _norm(layer.ffn.layer_norm, tensors, f"{name}.output.LayerNorm")


def _linear(spec: Any, tensors: Tensors, name: str) -> None:
    spec.weight, spec.bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _norm(spec: Any, tensors: Tensors, name: str) -> None:
    spec.gamma, spec.beta = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
