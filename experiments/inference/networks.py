"""Networks as our safetensors files describe them, in torch; tiles of a dataset; a short training.

Usage: networks.py tiles DATASET COUNT OUT     the first COUNT tiles, OUT; their labels, OUT.labels
       networks.py train DATASET EPOCHS FILE...  weights of FILE.safetensors replaced by trained ones
"""

import json
import pathlib
import sys

import numpy as np
import pyarrow.parquet as pq
import torch
from safetensors import safe_open
from safetensors.torch import save_file

EPS = 1e-5


def load(file):
    """Description and tensors of a file."""
    with safe_open(file, "pt") as tensors:
        description = json.loads(tensors.metadata()["lensfinder"])
        return description["network"], {name: tensors.get_tensor(name) for name in tensors.keys()}


def products(network) -> float:
    """Multiplications a tile."""
    block = network["input"]["block"]
    shapes, total = [(3 * block**2, network["input"]["side"] // block)], 0
    for layer in network["layers"]:
        channels, side = shapes[layer["from"]]
        if layer["kind"] == "max_pool":
            shapes.append((channels, -(-side // 2)))
            continue
        side = -(-side // layer["stride"])
        total += side**2 * layer["out"] * channels * layer["kernel"] ** 2
        shapes.append((layer["out"], side))
    return float(total)


class Net(torch.nn.Module):
    """Convolutions with batch normalisation after them, as it was trained and as a user would run it."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        block = network["input"]["block"]
        channels = [3 * block**2]
        for number, layer in enumerate(network["layers"]):
            before = channels[layer["from"]]
            out = layer.get("out", before)
            channels.append(out)
            if layer["kind"] == "conv":
                kernel, stride = layer["kernel"], layer["stride"]
                conv = torch.nn.Conv2d(before, out, kernel, stride, kernel // 2, bias=False)
                self.add_module(f"conv{number}", conv)
                self.add_module(f"norm{number}", torch.nn.BatchNorm2d(out, eps=EPS))
        self.head = torch.nn.Linear(channels[-1], 1)

    def fill(self, tensors):
        """Folded weights: the normalisation is left the bias alone, and divides by exactly 1."""
        for number, layer in enumerate(self.network["layers"]):
            if layer["kind"] == "conv":
                getattr(self, f"conv{number}").weight.data = tensors[f"{layer['name']}.weight"].clone()
                norm = getattr(self, f"norm{number}")
                norm.bias.data = tensors[f"{layer['name']}.bias"].clone()
                norm.running_var.fill_(1 - EPS)
        self.head.weight.data = tensors["head.weight"].clone()
        self.head.bias.data = tensors["head.bias"].clone()
        return self

    def folded(self):
        """The tensors of our file."""
        tensors = {"head.weight": self.head.weight.data, "head.bias": self.head.bias.data}
        for number, layer in enumerate(self.network["layers"]):
            if layer["kind"] == "conv":
                norm = getattr(self, f"norm{number}")
                factor = norm.weight.data.double() / (norm.running_var.double() + EPS).sqrt()
                weight = getattr(self, f"conv{number}").weight.data.double() * factor[:, None, None, None]
                bias = norm.bias.data.double() - norm.running_mean.double() * factor
                tensors[f"{layer['name']}.weight"] = weight.float().contiguous()
                tensors[f"{layer['name']}.bias"] = bias.float()
        return tensors

    def forward(self, tiles):
        """`tiles`: bytes [N, side, side, 3]."""
        given, kind = self.network["input"], self.head.weight.dtype
        x = (tiles.to(torch.float32) - given["offset"]) / given["scale"]
        block = given["block"]
        side = given["side"] // block
        x = x.reshape(-1, side, block, side, block, 3).permute(0, 2, 4, 5, 1, 3)
        x = x.reshape(-1, 3 * block**2, side, side).to(kind)
        if getattr(self, "channels_last", False):
            x = x.contiguous(memory_format=torch.channels_last)
        values = [x]
        for number, layer in enumerate(self.network["layers"]):
            value = values[layer["from"]]
            if layer["kind"] == "max_pool":
                values.append(torch.nn.functional.max_pool2d(value, 3, 2, 1))
                continue
            value = getattr(self, f"norm{number}")(getattr(self, f"conv{number}")(value))
            if layer["add"] is not None:
                value = value + values[layer["add"]]
            values.append(torch.relu(value) if layer["relu"] else value)
        sharpness = self.network["pooling_sharpness"]
        if sharpness == 0:
            return self.head(values[-1].mean((2, 3))).float()[:, 0]
        cells = values[-1].flatten(2).transpose(1, 2)
        said = self.head(cells)[:, :, 0]
        return (torch.softmax(sharpness * said, 1) * said).sum(1).float()


def tiles_of(dataset, most=None):
    """Tiles [N, side, side, 3] in the order of the index, and labels."""
    dataset = pathlib.Path(dataset)
    tables = [pq.read_table(shard) for shard in sorted((dataset / "shards").glob("*.parquet"))]
    tiles, labels = [], []
    for table in tables:
        tiles += table.column("tile").to_pylist()
        labels += table.column("label").to_pylist()
        if most and len(tiles) >= most:
            break
    side = round((len(tiles[0]) / 3) ** 0.5)
    every = np.frombuffer(b"".join(tiles[:most]), np.uint8)
    return every.reshape(-1, side, side, 3), np.array(labels[:most])


def train(dataset, epochs, file):
    """AdamW and a cosine, flips and turns; only so long that numbers are those of a trained network."""
    torch.manual_seed(1)
    network, tensors = load(file)
    tiles, labels = tiles_of(dataset)
    tiles, labels = torch.from_numpy(tiles.copy()), torch.from_numpy(labels.astype(np.float32))
    net = Net(network).to(memory_format=torch.channels_last)
    net.channels_last = True
    steps = epochs * (len(tiles) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps, pct_start=0.1)
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(tiles)).split(64)[: len(tiles) // 64]:
            x = torch.rot90(tiles[batch], int(torch.randint(4, ())), (1, 2))
            x = x.flip(2) if torch.rand(()) < 0.5 else x
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"{file} epoch {epoch + 1}: loss {total / (len(tiles) // 64):.4f}", file=sys.stderr, flush=True)
    description = json.dumps({"version": 1, "network": network})
    save_file(net.eval().folded(), file, {"lensfinder": description})


if __name__ == "__main__":
    if sys.argv[1] == "tiles":
        found, truths = tiles_of(sys.argv[2], int(sys.argv[3]))
        pathlib.Path(sys.argv[4]).write_bytes(found.tobytes())
        pathlib.Path(sys.argv[4] + ".labels").write_text(json.dumps(truths.tolist()))
    else:
        for each in sys.argv[4:]:
            train(sys.argv[2], int(sys.argv[3]), each)
