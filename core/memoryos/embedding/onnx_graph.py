"""An ONNX model written as its protobuf bytes: the few parts of the format that a graph of ours needs.

The package `onnx` would be 20 MB and a compiler's worth of protobuf for what is a list of nested fields. Numbers of
fields and enums are those of `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), IR version 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32] | NDArray[np.uint8]

_IR_VERSION: Final = 8
_OPSETS: Final = {"": 17, "com.microsoft": 1}
"""The standard operators of ONNX 1.12, which ONNX Runtime reads since 1.12, and its own ones."""

_FLOAT: Final = 1
_UINT8: Final = 2
_DATA_TYPES: Final = {np.dtype(np.float32): _FLOAT, np.dtype(np.uint8): _UINT8}
_EXTERNAL: Final = 1
_ATTRIBUTE_FLOAT: Final = 1
_ATTRIBUTE_INT: Final = 2


@dataclass(slots=True)
class Graph:
    """A graph under construction; every value in it is known by the name that `add` and `weight` return.

    `weights` holds the constants by name. The bytes of the model only declare them: they are handed to the session
    beside it (`SessionOptions.add_external_initializers`), so that no second copy of them is made.
    """

    inputs: Mapping[str, Sequence[str | int]]
    weights: dict[str, Array] = field(default_factory=dict)
    _nodes: list[bytes] = field(default_factory=list)

    def weight(self, name: str, values: Array) -> str:
        """Declare a constant, contiguous in memory; gives back its name."""
        self.weights[name] = values
        return name

    def add(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: float) -> str:
        """Add a node with one output; gives back the output's name. An input named "" is left out."""
        self._nodes.append(
            b"".join(_text(1, name) for name in inputs)
            + _text(2, output)
            + _text(3, output)
            + _text(4, operator)
            + _text(7, domain)
            + b"".join(_block(5, _attribute(name, value)) for name, value in attributes.items())
        )
        return output

    def model(self, output: str, shape: Sequence[str | int]) -> bytes:
        """The model whose one output, a float tensor, is the value `output`."""
        graph = b"".join(
            [
                *(_block(1, node) for node in self._nodes),
                _text(2, "memoryos"),
                *(_block(5, _declared(name, values)) for name, values in self.weights.items()),
                *(_block(11, _float_value(name, shape)) for name, shape in self.inputs.items()),
                _block(12, _float_value(output, shape)),
            ]
        )
        opsets = (_block(8, _text(1, domain) + _number(2, version)) for domain, version in _OPSETS.items())
        return _number(1, _IR_VERSION) + _block(7, graph) + b"".join(opsets)


def _declared(name: str, values: Array) -> bytes:
    """A TensorProto without its data. The location is never opened: the session is given the values by name."""
    location = _text(1, "location") + _text(2, "in memory")
    return (
        b"".join(_number(1, size) for size in values.shape)
        + _number(2, _DATA_TYPES[values.dtype])
        + _text(8, name)
        + _block(13, location)
        + _number(14, _EXTERNAL)
    )


def _float_value(name: str, shape: Sequence[str | int]) -> bytes:
    """A ValueInfoProto of a float tensor; a size is a number, or a name where it may vary."""
    sizes = (_text(2, size) if isinstance(size, str) else _number(1, size) for size in shape)
    tensor = _number(1, _FLOAT) + _block(2, b"".join(_block(1, size) for size in sizes))
    return _text(1, name) + _block(2, _block(1, tensor))


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _ATTRIBUTE_INT)
    return _text(1, name) + _key(2, 5) + struct.pack("<f", value) + _number(20, _ATTRIBUTE_FLOAT)


def _number(number: int, value: int) -> bytes:
    """A field that holds a whole number from 0 on."""
    return _key(number, 0) + _varint(value)


def _text(number: int, value: str) -> bytes:
    return _block(number, value.encode())


def _block(number: int, content: bytes) -> bytes:
    """A field that holds bytes: a text or a nested message."""
    return _key(number, 2) + _varint(len(content)) + content


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    return bytes(_sevens(value))


def _sevens(value: int) -> Iterator[int]:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
