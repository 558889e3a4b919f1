"""Worker of `training_speed.py`: training steps of LPRNet in plain PyTorch.

It runs in an environment that has PyTorch. Requests and answers are JSON objects, one per line.
"""

import json
import os
import sys
import time
from typing import Any

import numpy as np


def main() -> None:
    settings = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        step = prepare(**settings)
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), file=answers)
        return
    print(json.dumps({}), file=answers)
    for line in sys.stdin:
        seconds = []
        for _ in range(json.loads(line)["steps"]):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"seconds": seconds}), file=answers)


def prepare(n_filters: int, batch: int, n_symbols: int, n_threads: int, channels_last: bool) -> Any:
    """Return a function that runs one training step on a mini-batch of random plates."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(n_threads)
    torch.manual_seed(0)

    def convolution(
        inputs: int, outputs: int, kernel: Any, stride: Any = 1, pad: Any = None
    ) -> Any:
        pad = tuple(side // 2 for side in kernel) if pad is None else pad
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, pad, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )

    def block(inputs: int, outputs: int) -> Any:
        inner = outputs // 4
        return nn.Sequential(
            convolution(inputs, inner, (1, 1)),
            convolution(inner, inner, (3, 1)),
            convolution(inner, inner, (1, 3)),
            convolution(inner, outputs, (1, 1)),
        )

    class LPRNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            n = n_filters
            self.stem = convolution(3, n, (3, 3), (1, 2))
            self.block1 = block(n, 2 * n)
            self.pool1 = nn.MaxPool2d(3, (2, 1), 1)
            self.block3 = nn.Sequential(block(2 * n, 4 * n), block(4 * n, 4 * n))
            self.pool2 = nn.MaxPool2d(3, (2, 1), 1)
            self.neck = nn.Sequential(
                nn.Dropout(0.1),
                convolution(4 * n, 4 * n, (6, 1), pad=0),
                nn.Dropout(0.1),
                convolution(4 * n, 2 * n, (1, 13)),
            )
            self.head = nn.Conv2d(9 * n, n_symbols, 1)

        def forward(self, images: Any) -> Any:
            stem = self.stem(images.permute(0, 3, 1, 2).float() / 127.5 - 1)
            first = self.block1(stem)
            third = self.block3(self.pool1(first))
            features = [self.neck(self.pool2(third))]
            for stage in (stem, first, third):
                pooled = stage.mean(dim=2, keepdim=True)
                energy = pooled.square().mean(dim=(1, 2, 3), keepdim=True)
                features.append(pooled * torch.rsqrt(energy + 1e-6))
            logits = self.head(torch.cat(features, dim=1))[:, :, 0]
            return functional.log_softmax(logits, dim=1).permute(2, 0, 1)

    network = LPRNet().train()
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    loss = nn.CTCLoss()
    rng = np.random.default_rng(0)
    images = torch.from_numpy(rng.integers(0, 256, (batch, 24, 94, 3), dtype=np.uint8))
    texts = torch.from_numpy(rng.integers(1, n_symbols, (batch, 7)))
    lengths = torch.full((batch,), 7)

    def step() -> float:
        optimizer.zero_grad()
        log_proba = network(images)
        n_time_steps = torch.full((batch,), len(log_proba))
        value = loss(log_proba, texts, n_time_steps, lengths)
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        return value.item()

    for _ in range(3):
        step()
    return step


if __name__ == "__main__":
    main()
