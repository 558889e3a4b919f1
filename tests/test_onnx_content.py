"""ONNX files that are rejected before onnxruntime opens them."""

import os
import random
from contextlib import suppress

import numpy as np
import pytest

from sklearn_lpr._onnx_content import check_onnx, read_onnx

onnx = pytest.importorskip("onnx", reason="the extra 'export' is not installed")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def value(name, kind=TensorProto.FLOAT, shape=("n", 3)):
    return helper.make_tensor_value_info(name, kind, shape)


def build(nodes=(), constants=(), **options):
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "one"], ["sum"]), *nodes],
        "graph",
        [value("x")],
        [value("sum")],
        [numpy_helper.from_array(np.ones(3, np.float32), "one"), *constants],
    )
    return helper.make_model(graph, **options)


def external(location):
    tensor = TensorProto(name="secret", data_type=TensorProto.UINT8, dims=[8])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def only_location():
    tensor = external("/etc/passwd")
    tensor.ClearField("data_location")
    return tensor


def body():
    condition = value("more", TensorProto.BOOL, ())
    keep = helper.make_node("Identity", ["condition"], ["more"])
    inputs = [value("i", TensorProto.INT64, ()), value("condition", TensorProto.BOOL, ())]
    return helper.make_graph([keep], "body", inputs, [condition])


def sparse():
    return helper.make_sparse_tensor(
        helper.make_tensor("values", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("indices", TensorProto.INT64, [1], [0]),
        [10**12],
    )


def with_sparse_initializer():
    model = build()
    model.graph.sparse_initializer.append(sparse())
    return model


def constant(tensor):
    return helper.make_node("Constant", [], ["c"], value=tensor)


def huge(*dims):
    return TensorProto(name="huge", data_type=TensorProto.FLOAT, dims=dims, raw_data=bytes(4))


def with_function():
    function = helper.make_function(
        "own", "Double", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], []
    )
    return build(functions=[function])


HOSTILE = {
    "external data": (lambda: build(constants=[external("passwords.txt")]), "external data"),
    "data without a mark": (lambda: build(constants=[only_location()]), "external data"),
    "external in a node": (lambda: build([constant(external("x"))]), "external data"),
    "a loop": (
        lambda: build([helper.make_node("Loop", ["", "c"], ["d"], body=body())]),
        "a loop or a branch",
    ),
    "a branch": (
        lambda: build([helper.make_node("If", ["c"], ["d"], then_branch=body())]),
        "a loop or a branch",
    ),
    "a loop by another name": (
        lambda: build([helper.make_node("Relu", ["x"], ["d"], body=body())]),
        "a loop or a branch",
    ),
    "graphs": (
        lambda: build([helper.make_node("Relu", ["x"], ["d"], bodies=[body(), body()])]),
        "a loop or a branch",
    ),
    "a function": (with_function, "functions"),
    "an operator": (lambda: build([helper.make_node("Tile", ["x", "n"], ["d"])]), "'Tile'"),
    "a constant of any size": (
        lambda: build([helper.make_node("ConstantOfShape", ["one"], ["d"])]),
        "'ConstantOfShape'",
    ),
    "an operator of another domain": (
        lambda: build([helper.make_node("Relu", ["x"], ["d"], domain="com.microsoft")]),
        r"'com.microsoft\.Relu'",
    ),
    "a huge constant": (lambda: build(constants=[huge(10**12)]), "without the data"),
    "many dimensions": (lambda: build(constants=[huge(*[10] * 12)]), "without the data"),
    "a negative size": (lambda: build(constants=[huge(-5)]), "without the data"),
    "a huge attribute": (
        lambda: build([helper.make_node("Relu", ["x"], ["d"], value=huge(10**9))]),
        "without the data",
    ),
    "sparse constants": (with_sparse_initializer, "sparse"),
    "sparse attributes": (
        lambda: build([helper.make_node("Relu", ["x"], ["d"], sparse_value=sparse())]),
        "sparse",
    ),
    "many operations": (
        lambda: build([helper.make_node("Relu", ["x"], [f"y{i}"]) for i in range(10_000)]),
        "more than 10000 operations",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_models_are_rejected(kind):
    model, message = HOSTILE[kind]
    content = model().SerializeToString()
    with pytest.raises(ValueError, match=message):
        check_onnx(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no model",
        b"\x00" * 100,
        b"\xff" * 100,
        b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # a graph of 2 ** 64 - 1 bytes
        b"\x3a\x00\x3a\x00",  # two graphs
        b"\x38\x07",  # a graph that is a number
        b"\x3a\x02\x08\x07",  # a node that is a number
        b"\x3b\x00",  # a group
        b"\x08\x07\x3a\x00ORTM",
        b"\x00\x00\x00\x00ORTM",
    ],
)
def test_other_content_is_rejected(content):
    with pytest.raises(ValueError, match=r"damaged|not an ONNX model|format of onnxruntime"):
        check_onnx(content)


def test_many_fields_are_rejected_at_once():
    with pytest.raises(ValueError, match="more than 1000000 fields"):
        check_onnx(b"\x08\x07" * 2_000_000)


def test_usual_models_are_accepted():
    unpacked = helper.make_tensor("listed", TensorProto.FLOAT, [2, 2], [1.0, 2, 3, 4])
    small = helper.make_tensor("int4", TensorProto.INT4, [7], [1, 2, 3, 4, 5, 6, 7])
    empty = numpy_helper.from_array(np.zeros((0, 3), np.float32), "empty")
    node = helper.make_node("Relu", ["x"], ["y"], domain="ai.onnx")
    check_onnx(build([node], [unpacked, small, empty]).SerializeToString())


@pytest.mark.parametrize("seed", range(300))
def test_damaged_models_are_accepted_or_rejected(seed):
    content = bytearray(build().SerializeToString())
    generator = random.Random(seed)
    for _ in range(generator.choice([1, 3, 10])):
        content[generator.randrange(len(content))] = generator.randrange(256)
    if generator.random() < 0.3:
        content = content[: generator.randrange(len(content))]
    with suppress(ValueError):
        check_onnx(bytes(content))


def test_files_that_cannot_be_read_are_named(tmp_path):
    remedy = r"pass the path of a file that sklearn_lpr\.export\.to_onnx wrote"
    with pytest.raises(
        FileNotFoundError, match=rf"^path='.*absent\.onnx': there is no such file; {remedy}"
    ):
        read_onnx(tmp_path / "absent.onnx")
    with pytest.raises(IsADirectoryError, match=rf"^path='.*' cannot be read \(.*\); {remedy}"):
        read_onnx(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo")
        with pytest.raises(OSError, match=rf"^path='.*' cannot be read \(.*regular.*\); {remedy}"):
            read_onnx(tmp_path / "fifo")
