"""Builds the int8 graph of a small BERT sentence encoder from its weights, with `onnx` alone: no torch, no exporter.

One sentence at a time: token ids in, a vector of length one out. There is no batch and so no padding and no mask, and the
scale that activations are rounded with depends on this sentence only: the same sentence gives the same vector, whatever
else is read beside it. Weights are rounded to int8 with one scale a column (word vectors: a row); activations are rounded
when they come. Everything is written in a fixed order, so that the same weights make the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from tickless.ai.encoder.store import Floats32

OPSET = 20
CONTRIBUTED = "com.microsoft"
"""Domain of ONNX Runtime's own operators: matrix products that round their left side as they go."""
IR_VERSION = 9
EPSILON = 1e-12
HEADS = 12


@dataclass
class _Graph:
    """What has been written so far."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.require(value, requirements="C"), name))
        return name

    def op(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def dense(self, name: str, source: str, *, weight: Floats32, bias: Floats32) -> str:
        """source · weight + bias, on int8; weight is in × out."""
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / np.float32(127)
        rounded = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        inputs = [
            source,
            self.constant(f"{name}.weight", rounded),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            "",
            self.constant(f"{name}.bias", bias.astype(np.float32)),
        ]
        return self.op("DynamicQuantizeMatMul", inputs, name, domain=CONTRIBUTED)

    def normed(self, name: str, source: str, *, weight: Floats32, bias: Floats32) -> str:
        inputs = [source, self.constant(f"{name}.gain", weight), self.constant(f"{name}.shift", bias)]
        return self.op("LayerNormalization", inputs, name, axis=-1, epsilon=EPSILON)


def build_graph(tensors: Mapping[str, Floats32]) -> ModelProto:
    """The model: `ids` (int64, n tokens) → `vector` (float32, width). Raises KeyError if a weight is missing."""
    graph = _Graph()
    flow = _embedded(graph, tensors)
    layers = sum(name.endswith(".attention.self.query.weight") for name in tensors)
    for number in range(layers):
        flow = _layer(graph, tensors, number, flow)
    graph.op("ReduceMean", [flow, graph.constant("axis", np.array([0], dtype=np.int64))], "mean", keepdims=0)
    graph.op("LpNormalization", ["mean"], "vector", axis=-1, p=2)
    width = int(tensors["embeddings.LayerNorm.weight"].shape[0])
    body = helper.make_graph(
        graph.nodes,
        "sentence",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [width])],
        initializer=graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="tickless")


def _embedded(graph: _Graph, tensors: Mapping[str, Floats32]) -> str:
    """Word vectors (int8, a scale each) plus place vectors; every sentence is of the first token type."""
    words = tensors["embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / np.float32(127)
    rounded = np.clip(np.rint(words / scale), -127, 127).astype(np.int8)
    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    graph.op("Gather", [graph.constant("words", rounded), "ids"], "word.rounded", axis=0)
    graph.op("Gather", [graph.constant("words.scale", scale.astype(np.float32)), "ids"], "word.scale", axis=0)
    graph.op("Cast", ["word.rounded"], "word.float", to=TensorProto.FLOAT)
    graph.op("Mul", ["word.float", "word.scale"], "word")
    graph.op("Shape", ["ids"], "count")
    start, zero = graph.constant("start", np.array([0], dtype=np.int64)), "start"
    graph.op("Slice", [graph.constant("places", places.astype(np.float32)), start, "count", zero], "place")
    graph.op("Add", ["word", "place"], "placed")
    name = "embeddings.LayerNorm"
    return graph.normed("embedded", "placed", weight=tensors[f"{name}.weight"], bias=tensors[f"{name}.bias"])


def _layer(graph: _Graph, tensors: Mapping[str, Floats32], number: int, flow: str) -> str:
    """One transformer layer, normed after each half."""
    own, at = f"encoder.layer.{number}.", f"layer{number}."

    def weights(name: str) -> tuple[Floats32, Floats32]:
        return tensors[f"{own}{name}.weight"].T, tensors[f"{own}{name}.bias"]

    mixed = _attention(graph, at, flow, parts=[weights(f"attention.self.{one}") for one in ("query", "key", "value")])
    weight, bias = weights("attention.output.dense")
    graph.op("Add", [flow, graph.dense(f"{at}attended", mixed, weight=weight, bias=bias)], f"{at}attended.sum")
    name = f"{own}attention.output.LayerNorm"
    middle = graph.normed(
        f"{at}middle", f"{at}attended.sum", weight=tensors[f"{name}.weight"], bias=tensors[f"{name}.bias"]
    )
    weight, bias = weights("intermediate.dense")
    graph.op("Gelu", [graph.dense(f"{at}wide", middle, weight=weight, bias=bias)], f"{at}active", approximate="none")
    weight, bias = weights("output.dense")
    narrow = graph.dense(f"{at}narrow", f"{at}active", weight=weight, bias=bias)
    graph.op("Add", [middle, narrow], f"{at}sum")
    name = f"{own}output.LayerNorm"
    return graph.normed(f"{at}out", f"{at}sum", weight=tensors[f"{name}.weight"], bias=tensors[f"{name}.bias"])


def _attention(graph: _Graph, at: str, flow: str, *, parts: list[tuple[Floats32, Floats32]]) -> str:
    """Every token looks at every token, in each head; the scale of the scores is folded into the queries."""
    width = parts[0][0].shape[0]
    scale = np.float32((width // HEADS) ** -0.5)
    (query, query_bias), *others = parts
    weight = np.concatenate([query * scale, *(weight for weight, _ in others)], axis=1)
    bias = np.concatenate([query_bias * scale, *(bias for _, bias in others)])
    graph.dense(f"{at}qkv", flow, weight=weight, bias=bias)
    shape = graph.constant(f"{at}heads", np.array([-1, 3, HEADS, width // HEADS], dtype=np.int64))
    graph.op("Reshape", [f"{at}qkv", shape], f"{at}split")
    graph.op("Transpose", [f"{at}split"], f"{at}parted", perm=[1, 2, 0, 3])
    for place, name in enumerate(("q", "k", "v")):
        which = graph.constant(f"{at}{name}.place", np.array(place, dtype=np.int64))
        graph.op("Gather", [f"{at}parted", which], f"{at}{name}", axis=0)
    graph.op("Transpose", [f"{at}k"], f"{at}k.turned", perm=[0, 2, 1])
    graph.op("MatMul", [f"{at}q", f"{at}k.turned"], f"{at}scores")
    graph.op("Softmax", [f"{at}scores"], f"{at}shares", axis=-1)
    graph.op("MatMul", [f"{at}shares", f"{at}v"], f"{at}mixed")
    graph.op("Transpose", [f"{at}mixed"], f"{at}mixed.turned", perm=[1, 0, 2])
    flat = graph.constant(f"{at}flat", np.array([-1, width], dtype=np.int64))
    return graph.op("Reshape", [f"{at}mixed.turned", flat], f"{at}attention")
