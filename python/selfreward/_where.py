"""Conditions on rows: comparisons that all have to hold, such as ``t == last and kappa > 2``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

__all__ = ["Comparison", "Where", "comparisons"]

#: What a condition may be: a text, several, or a mapping of names to a value or a list of values.
Where = Union[str, "Iterable[str]", "Mapping[str, Any]"]

FORM = (
    "comparisons KEY OP VALUE (OP one of ==, !=, <, <=, >, >=) joined by `and`, such as "
    "'t == last and process.samples >= 64'"
)

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_TOKEN = re.compile(
    r"""\s*(?:(==|!=|<=|>=|<|>)|'([^']*)'|"([^"]*)"|(&&|and(?=\s))|([^\s=!<>&'"]+))"""
)


@dataclass(frozen=True)
class Comparison:
    """``key op value``; the value is a number, a word, or a tuple of which one has to be equal."""

    key: str
    op: str
    value: Any
    #: The value as it was written, for what is compared as a word.
    text: str | None = field(default=None, repr=False, compare=False)

    def holds(self, left: Any) -> bool:
        """Whether it holds of a value; ``None`` equals itself alone, and nothing orders it.

        >>> Comparison("process.samples", ">=", 64).holds(100)
        True
        >>> Comparison("process.preset", "==", ("spin", "star")).holds("star")
        True
        """
        if isinstance(self.value, tuple):
            return any(Comparison(self.key, "==", one).holds(left) for one in self.value)
        alike = _is_number(left) and _is_number(self.value)
        if not alike and self.op not in ("==", "!="):
            return False
        if alike:
            return _OPERATORS[self.op](left, self.value)
        right = _text(self.value) if self.text is None else self.text
        return _OPERATORS[self.op](_text(left), right)


def comparisons(where: Where | None) -> list[Comparison]:
    """The comparisons of a condition.

    Raises:
        ValueError: the text is no condition.

    >>> comparisons("t == last and kappa > 2")
    [Comparison(key='t', op='==', value='last'), Comparison(key='kappa', op='>', value=2.0)]
    >>> comparisons({"t": [0, 1]})
    [Comparison(key='t', op='==', value=(0, 1))]
    """
    if where is None:
        return []
    if isinstance(where, str):
        return _parsed(where)
    if isinstance(where, Mapping):
        return [Comparison(key, "==", listed(value)) for key, value in where.items()]
    return [one for text in where for one in _parsed(text)]


def listed(value: Any) -> Any:
    """A list of alternatives as a tuple, anything else as it is; a text is no list."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return tuple(value) if isinstance(value, (list, tuple, set, range)) else value


def _parsed(text: str) -> list[Comparison]:
    parts: list[list[tuple[str, Any]]] = [[]]
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise _wrong(text, FORM)
        place = found.end()
        op, single, double, joined, word = found.groups()
        if joined:
            parts.append([])
        elif op:
            parts[-1].append(("op", op))
        elif word is not None:
            parts[-1].append(("word", word))
        else:
            parts[-1].append(("quoted", single if single is not None else double))
    return [_comparison(text, part) for part in parts]


def _comparison(text: str, part: list[tuple[str, Any]]) -> Comparison:
    if [kind for kind, _ in part] not in (["word", "op", "word"], ["word", "op", "quoted"]):
        raise _wrong(text, FORM)
    (_, key), (_, op), (kind, value) = part
    written = value
    if kind == "word":
        try:
            value = float(value)
        except ValueError:
            pass
    ordered = op not in ("==", "!=")
    if ordered and not _is_number(value) and (key, value) != ("t", "last"):
        raise _wrong(f"{key} {op} {value}", f"a number after {op}; words are compared by == and !=")
    return Comparison(key, op, value, written)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(value: Any) -> str:
    """A value as stores hold it where it is neither number nor word: JSON."""
    import json

    return (
        value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    )


def _wrong(text: str, expected: str) -> ValueError:
    return ValueError(f"where = {text or 'nothing'}: expected {expected}")
