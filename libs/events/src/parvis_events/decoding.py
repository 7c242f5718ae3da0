# SPDX-License-Identifier: EUPL-1.2
"""From the JSON of an event's data to its model."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
Convert = Callable[[Any], Any]


def decode(model: type[T], data: Mapping[str, Any]) -> T:
    """The model of these data; members that it does not declare are passed over.

    Raises:
        ValueError: a required member is missing, or one is of another type; the text names it and shows no value.
    """
    values = {}
    for name, required, convert in _members(cast("Any", model)):
        if name in data:
            try:
                values[name] = convert(data[name])
            except (ValueError, TypeError, AttributeError):
                raise ValueError(f"{name}: not of the type that the schema gives it") from None
        elif required:
            raise ValueError(f"{name}: missing")
    return model(**values)


@cache
def _members(model: Any) -> list[tuple[str, bool, Convert]]:
    hints = get_type_hints(model)
    return [(field.name, field.default is MISSING, _converter(hints[field.name])) for field in fields(model)]


def _converter(hint: Any) -> Convert:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        (kind,) = (arm for arm in inner if arm is not types.NoneType)
        return _optional(_converter(kind))
    if origin is tuple:
        return _each(_converter(inner[0]))
    # Values may be added to a list within a version: one that is not known yet is handed on as it is.
    plain = str if origin is Literal else hint
    return _PARSED.get(hint) or (lambda value: _of(plain, value))


def _optional(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _each(convert: Convert) -> Convert:
    return lambda value: tuple(convert(item) for item in _of(list, value))


def _of(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError
    return value


_PARSED: Final[dict[Any, Convert]] = {
    UUID: lambda value: UUID(_of(str, value)),
    datetime: lambda value: datetime.fromisoformat(_of(str, value)),
    float: lambda value: float(_of((int, float), value)),
}
