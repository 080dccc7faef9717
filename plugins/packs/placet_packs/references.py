"""The names that a compiled expression reads.

They are those of its checked form, in which CEL has decided what each name is: not every text that looks like a name is
one, as a variable of `exists` may be called `item`.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.any_pb2 import Any as Packed  # type: ignore[import-untyped]
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto  # type: ignore[import-untyped]
from google.protobuf.descriptor_pool import DescriptorPool  # type: ignore[import-untyped]
from google.protobuf.message_factory import GetMessageClass  # type: ignore[import-untyped]


def _checked_form() -> Any:
    """The class of a checked expression, as far as it is read: `cel.expr.CheckedExpr` with its map of references."""
    file = FileDescriptorProto(name="checked.proto", package="placet_packs", syntax="proto3")
    one, many = FieldDescriptorProto.LABEL_OPTIONAL, FieldDescriptorProto.LABEL_REPEATED
    text, number, inner = (
        FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_INT64, FieldDescriptorProto.TYPE_MESSAGE,
    )  # fmt: skip
    reference = file.message_type.add(name="Reference")
    reference.field.add(name="name", number=1, type=text, label=one)
    entry = file.message_type.add(name="Entry")
    entry.field.add(name="expression", number=1, type=number, label=one)
    entry.field.add(name="reference", number=2, type=inner, label=one, type_name=".placet_packs.Reference")
    checked = file.message_type.add(name="Checked")
    checked.field.add(name="entries", number=2, type=inner, label=many, type_name=".placet_packs.Entry")
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("placet_packs.Checked"))


_CHECKED = _checked_form()


def names_in(compiled: Any) -> tuple[str, ...]:
    """The names that a compiled expression refers to, each once, in the order of the text: `fields.risk`.

    The variables of its own are among them, and calls are not.
    """
    checked = _CHECKED.FromString(Packed.FromString(compiled.serialize()).value)
    entries = sorted(checked.entries, key=lambda entry: entry.expression)
    return tuple(dict.fromkeys(entry.reference.name for entry in entries if entry.reference.name))
