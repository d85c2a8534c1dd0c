"""Frozen dataclasses to plain JSON and back, checked: names and types at the door, no code per record.

NaN is null, flags are lists of names. What is not there takes the field's default, so that records written before a
field existed can still be read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from analysis.flags import Quality

T = TypeVar("T")
_NUMBERS: Final = (float, int)


def to_plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, Quality):
        return value.names()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    return value


def from_plain(kind: type[T], data: Any) -> T:
    """The inverse of `to_plain` for a dataclass.

    Raises
    ------
    ValueError
        When the data is not of that kind; the message names what was read.
    """
    try:
        record: T = _read(kind, data)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return record


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        return _record(kind, value)
    origin = get_origin(kind)
    if origin is UnionType:  # the only ones are "or nothing"
        [inner] = (part for part in get_args(kind) if part is not NoneType)
        return None if value is None else _read(inner, value)
    if origin is tuple:
        return _items(get_args(kind), _of(list, value))
    if origin is dict:
        return {_of(str, key): _read(get_args(kind)[1], item) for key, item in _of(dict, value).items()}
    return _read_single(kind, value)


def _read_single(kind: Any, value: Any) -> Any:
    if kind in _NUMBERS:
        return _number(value)
    if issubclass(kind, Quality):
        return Quality.from_names(_of(list, value))
    return kind(value) if issubclass(kind, StrEnum) else _of(kind, value)


def _record(kind: Any, data: Any) -> Any:
    rest = dict(_of(Mapping, data))
    hints = _hints(kind)
    values = {
        field.name: _read(hints[field.name], rest.pop(field.name))
        for field in fields(kind)
        if field.name in rest or _is_required(field)
    }
    if rest:
        raise KeyError(f"{kind.__name__} has no {sorted(rest)}")
    return kind(**values)


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _items(kinds: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_read(kinds[0], value) for value in values)
    return tuple(_read(kind, value) for kind, value in zip(kinds, values, strict=True))


def _of(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, got {value!r}")
    return value


def _number(value: Any) -> Any:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise TypeError(f"number expected, got {value!r}")
    return value
