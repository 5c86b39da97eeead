"""One peer as one side of the comparison: answers the commands of crates/inference/examples/rounds.rs.

Usage: peers.py torch|onnxruntime|openvino FOLDER    FOLDER: NAME.safetensors, NAME.onnx, tiles.bin
"""

import json
import pathlib
import sys
import time
from importlib.metadata import version

import numpy as np

BATCH, THREADS = 64, 2


def tiles(folder, network):
    side = network["input"]["side"]
    return np.fromfile(folder / "tiles.bin", np.uint8).reshape(-1, side, side, 3)


def description(folder, name):
    with (folder / f"{name}.safetensors").open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return json.loads(header["__metadata__"]["lensfinder"])["network"]


class Torch:
    variants = ["eager f32 NCHW", "eager f32 channels_last", "eager bf16 channels_last"]

    def __init__(self, folder):
        import torch

        self.torch, self.folder = torch, folder
        torch.set_num_threads(THREADS)
        torch.set_grad_enabled(False)

    def make(self, name, variant):
        from networks import Net, load

        torch = self.torch
        network, tensors = load(self.folder / f"{name}.safetensors")
        net = Net(network).fill(tensors).eval()
        if "channels_last" in variant:
            net = net.to(memory_format=torch.channels_last)
            net.channels_last = True
        if "bf16" in variant:
            net = net.to(torch.bfloat16)
        return lambda batch: net(torch.from_numpy(batch)).numpy()

    def peak(self, seconds):
        """The best of square and of flat products; 10⁹ operations a second."""
        found = {}
        for name, kind in (("torch.mm f32", self.torch.float32), ("torch.mm bf16", self.torch.bfloat16)):
            best = 0.0
            for rows, inner, columns in ((2048, 2048, 2048), (4096, 576, 64), (8192, 1152, 128)):
                a, b = self.torch.rand(rows, inner).to(kind), self.torch.rand(inner, columns).to(kind)
                start = time.perf_counter()
                while time.perf_counter() - start < seconds / 3:
                    begin = time.perf_counter()
                    self.torch.mm(a, b)
                    best = max(best, 2e-9 * rows * inner * columns / (time.perf_counter() - begin))
            found[name] = best
        return found


class OnnxRuntime:
    variants = ["f32", "int8 QDQ"]

    def __init__(self, folder):
        import onnxruntime

        self.ort, self.folder = onnxruntime, folder

    def make(self, name, variant):
        options = self.ort.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        file = self.folder / f"{name}.onnx"
        if "int8" in variant:
            file = quantised(self.folder, name)
        session = self.ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        return lambda batch: session.run(["logit"], {"tiles": batch})[0]

    def every(self, name):
        """All outputs in f32, for the check of the file."""
        session = self.ort.InferenceSession(str(self.folder / f"{name}.onnx"), providers=["CPUExecutionProvider"])
        return lambda batch: session.run(["logit", "embedding", "map"], {"tiles": batch})


def quantised(folder, name):
    """Static quantisation, u8 × s8, weights by channel, ranges of 256 tiles; the head stays in f32."""
    target = folder / f"{name}.int8.onnx"
    if target.exists():
        return target
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    every = tiles(folder, description(folder, name))

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.batches = iter([every[i : i + BATCH] for i in range(0, min(len(every), 256), BATCH)])

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"tiles": batch}

    prepared = folder / f"{name}.prepared.onnx"
    quant_pre_process(str(folder / f"{name}.onnx"), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared), str(target), Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "Add", "MaxPool"], nodes_to_exclude=["said"],
    )
    return target


class OpenVino:
    # One stream of two threads, or two streams of one, which share each batch.
    variants = [f"{kind}{streams}" for kind in ("f32", "bf16", "int8") for streams in ("", " 2 streams")]

    def __init__(self, folder):
        import openvino

        self.ov, self.folder, self.said = openvino, folder, {}

    def make(self, name, variant):
        core = self.ov.Core()
        int8 = variant.startswith("int8")
        file = quantised(self.folder, name) if int8 else self.folder / f"{name}.onnx"
        streams = 2 if "streams" in variant else 1
        model = core.read_model(file)
        side = description(self.folder, name)["input"]["side"]
        model.reshape([BATCH // streams, side, side, 3])
        settings = {
            "INFERENCE_NUM_THREADS": THREADS, "NUM_STREAMS": streams, "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": "bf16" if variant.startswith("bf16") else "f32",
        }
        compiled = core.compile_model(model, "CPU", settings)
        self.said[f"{name} {variant}"] = executed(compiled)
        logit = compiled.output("logit")
        if streams == 1:
            request = compiled.create_infer_request()
            return lambda batch: request.infer({"tiles": batch}, share_inputs=True)[logit].copy()
        requests = [compiled.create_infer_request() for _ in range(streams)]

        def both(batch):
            size = BATCH // streams
            for number, request in enumerate(requests):
                request.start_async({"tiles": batch[number * size : (number + 1) * size]}, share_inputs=True)
            for request in requests:
                request.wait()
            return np.concatenate([request.get_tensor(logit).data.copy() for request in requests])

        return both


def executed(compiled):
    """What the convolutions really run as: kernel and precision, with how many."""
    counts = {}
    for node in compiled.get_runtime_model().get_ops():
        info = node.get_rt_info()
        if "layerType" not in info or info["layerType"].astype(str) != "Convolution":
            continue
        kind = f"{info['primitiveType'].astype(str)} {info['runtimePrecision'].astype(str)}"
        counts[kind] = counts.get(kind, 0) + 1
    return counts


PEERS = {"torch": Torch, "onnxruntime": OnnxRuntime, "openvino": OpenVino}


def main() -> None:
    which, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    peer, made = PEERS[which](folder), {}
    answer = sys.stdout
    # Libraries print; answers must stay one a line.
    sys.stdout = sys.stderr

    def say(value):
        print(json.dumps(value), file=answer, flush=True)

    say({"variants": peer.variants, "version": version(which), "threads": THREADS})
    for line in sys.stdin:
        words = line.split(maxsplit=2)
        if words[0] == "peak":
            say({"peaks": peer.peak(float(words[1]))})
            continue
        command, name, variant = words[0], words[1], words[2].strip()
        if command == "round":
            variant, seconds = variant.rsplit(" ", 1)
        if command == "every":
            found = [out.tolist() for out in peer.every(name)(tiles(folder, description(folder, name))[:BATCH])]
            say(dict(zip(("logit", "embedding", "map"), found)))
            continue
        if (name, variant) not in made:
            try:
                made[name, variant] = peer.make(name, variant), tiles(folder, description(folder, name))
            except Exception as error:
                say({"failed": f"{type(error).__name__}: {error}"[:300]})
                continue
        run, every = made[name, variant]
        batches = [every[i : i + BATCH] for i in range(0, len(every) - BATCH + 1, BATCH)]
        if command == "logits":
            logits = [value for batch in batches for value in run(batch).reshape(-1).tolist()]
            say({"logits": logits, "executed": getattr(peer, "said", {}).get(f"{name} {variant}")})
            continue
        took, start, number = [], time.perf_counter(), 0
        run(batches[0])
        while not took or time.perf_counter() - start < float(seconds):
            begin = time.perf_counter()
            run(batches[number % len(batches)])
            took.append(time.perf_counter() - begin)
            number += 1
        say({"seconds": took})


if __name__ == "__main__":
    main()
