"""Makes resnet18-w4.safetensors: a small ResNet-18 of PyTorch with random weights and statistics, two
inputs, and what PyTorch says of them. `python resnet18.py` with torch 2.9 and safetensors."""

import torch
from safetensors.torch import save_file
from torch import nn


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = None
        if stride != 1 or before != after:
            self.downsample = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        aside = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + aside)


class ResNet18(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        before = width
        for stage in range(4):
            after = width << stage
            blocks = nn.Sequential(Block(before, after, 1 if stage == 0 else 2), Block(after, after, 1))
            setattr(self, f"layer{stage + 1}", blocks)
            before = after
        self.fc = nn.Linear(before, 1)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        embedding = x.mean((2, 3))
        return self.fc(embedding)[:, 0], embedding


torch.manual_seed(1)
network = ResNet18(4)
for part in network.modules():
    if isinstance(part, nn.BatchNorm2d):
        nn.init.uniform_(part.weight, 0.5, 1.5)
        nn.init.uniform_(part.bias, -0.5, 0.5)
        nn.init.uniform_(part.running_mean, -0.5, 0.5)
        nn.init.uniform_(part.running_var, 0.5, 2.0)
network.eval()
tiles = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)
with torch.no_grad():
    logits, embeddings = network(((tiles.float() - 44.0) / 32.0).permute(0, 3, 1, 2).contiguous())
tensors = {f"backbone.{name}": value for name, value in network.state_dict().items() if "num_batches" not in name}
tensors |= {"said.tiles": tiles, "said.logits": logits, "said.embeddings": embeddings}
save_file(tensors, "resnet18-w4.safetensors")
