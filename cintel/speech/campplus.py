"""CAM++, the speaker embedding network, with its pooling laid open.

The network is that of Wang et al., "CAM++: A Fast and Efficient Network for Speaker
Verification Using Context-Aware Masking" (Interspeech 2023). Frame features are computed once
for a stretch of sound; :func:`pool` then gives the embedding of any subset of its frames, so
that many speakers cost one pass.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name torch users know

MEL_BANDS = 80
DIMENSION = 192
FRAME_SECONDS = 0.02  # one feature column after the network's stride of two over 10 ms frames
_CONTEXT_FRAMES = 100


def _norm(channels: int, affine: bool = True) -> nn.Sequential:
    norm = nn.Sequential()
    norm.add_module("batchnorm", nn.BatchNorm1d(channels, affine=affine))
    if affine:
        norm.add_module("relu", nn.ReLU(inplace=True))
    return norm


class _Residual(nn.Module):
    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        step = (stride, 1)
        self.conv1 = nn.Conv2d(channels, channels, 3, step, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, step, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class _Head(nn.Module):
    """Two-dimensional convolutions that shrink the bands eightfold and keep the time."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.layer2 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, (2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x.unsqueeze(1))))))
        return F.relu(self.bn2(self.conv2(y))).flatten(1, 2)


class _ContextMask(nn.Module):
    def __init__(self, channels: int, growth: int, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(
            channels, growth, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.linear1 = nn.Conv1d(channels, channels // 2, 1)
        self.linear2 = nn.Conv1d(channels // 2, growth, 1)

    def forward(self, x: Tensor) -> Tensor:
        local = F.avg_pool1d(x, _CONTEXT_FRAMES, _CONTEXT_FRAMES, ceil_mode=True)
        local = local.repeat_interleave(_CONTEXT_FRAMES, dim=-1)[..., : x.shape[-1]]
        context = F.relu(self.linear1(x.mean(-1, keepdim=True) + local))
        masked: Tensor = self.linear_local(x) * torch.sigmoid(self.linear2(context))
        return masked


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, growth: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm(channels)
        self.linear1 = nn.Conv1d(channels, 4 * growth, 1, bias=False)
        self.nonlinear2 = _norm(4 * growth)
        self.cam_layer = _ContextMask(4 * growth, growth, dilation)

    def forward(self, x: Tensor) -> Tensor:
        y = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return torch.cat((x, y), dim=1)


def _named(*modules: tuple[str, nn.Module]) -> nn.Sequential:
    sequence = nn.Sequential()
    for name, module in modules:
        sequence.add_module(name, module)
    return sequence


class CamPlusPlus(nn.Module):
    """The network up to its pooling: (batch, frames, 80) mel → (batch, 512, frames / 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _Head()
        growth, channels = 32, 128
        stem = _named(
            ("linear", nn.Conv1d(320, channels, 5, stride=2, padding=2, bias=False)),
            ("nonlinear", _norm(channels)),
        )
        layers: list[tuple[str, nn.Module]] = [("tdnn", stem)]
        for number, (depth, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), start=1):
            block = _named(
                *(
                    (f"tdnnd{i + 1}", _DenseLayer(channels + i * growth, growth, dilation))
                    for i in range(depth)
                )
            )
            channels += depth * growth
            transit = _named(
                ("nonlinear", _norm(channels)),
                ("linear", nn.Conv1d(channels, channels // 2, 1, bias=False)),
            )
            layers += [(f"block{number}", block), (f"transit{number}", transit)]
            channels //= 2
        dense = _named(
            ("linear", nn.Conv1d(2 * channels, DIMENSION, 1, bias=False)),
            ("nonlinear", _norm(DIMENSION, affine=False)),
        )
        self.xvector = _named(*layers, ("out_nonlinear", _norm(channels)), ("dense", dense))

    def forward(self, mel: Tensor) -> Tensor:
        """Frame features of mel energies."""
        x: Tensor = self.head(mel.transpose(1, 2))
        for name, module in self.xvector.named_children():
            if name != "dense":
                x = module(x)
        return x

    def pool(self, frames: Tensor, weights: Tensor) -> Tensor:
        """Embeddings of weighted frames.

        Args:
            frames: (512, frames) features.
            weights: (speakers, frames), 0…1.

        Returns:
            (speakers, 192), of length one.
        """
        total = weights.sum(-1, keepdim=True).clamp_min(1e-6)
        mean = weights @ frames.T / total
        square = weights @ frames.square().T / total
        unbiased = total / (total - 1).clamp_min(1.0)
        deviation = ((square - mean.square()).clamp_min(1e-8) * unbiased).sqrt()
        dense = self.xvector.get_submodule("dense")
        return F.normalize(dense(torch.cat((mean, deviation), dim=1).unsqueeze(-1)).squeeze(-1))


def load(folder: Path, device: str) -> CamPlusPlus:
    """The network with its weights, ready to infer."""
    network = CamPlusPlus()
    (path,) = folder.glob("*.pt")
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval().requires_grad_(False).to(device)


def mel_energies(samples: Tensor) -> Tensor:
    """(frames, 80) kaldi filter-bank energies of 16 kHz samples; the network wants them centred."""
    from torchaudio.compliance import kaldi

    mel: Tensor = kaldi.fbank(
        samples.unsqueeze(0), num_mel_bins=MEL_BANDS, sample_frequency=16_000, dither=0.0
    )
    return mel
