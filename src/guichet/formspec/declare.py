"""The vocabulary a form type is written in."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, Union, get_args, get_origin

from django.utils import translation
from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from guichet.kernel.findings import Finding

Words = str | Promise
Titles = Mapping[str, str]  # by language: fr, de, it, en


@dataclass(frozen=True)
class Ask:
    """How a field is asked for: its words and its kind, nothing about how it looks."""

    label: Words
    hint: Words = ""
    width: str = ""  # expected length: "short", "medium", "long", "iban", "npa"
    shown_if: tuple[str, tuple[str, ...]] = ("", ())  # asked only if another field has one of these values
    autocomplete: str = "off"
    needed: bool = False  # not « facultatif » although empty by default: a rule asks for it where it is shown


@dataclass(frozen=True)
class Kind:
    """Marks a type with the control and the printed form it wants."""

    name: Literal["text", "textarea", "date", "time", "amount", "decimal", "integer", "checkbox", "select", "radio"]


@dataclass(frozen=True)
class Section:
    """Fields that belong together under a legend; a section of one table has that table's name only."""

    title: Words
    fields: tuple[str, ...]
    hint: Words = ""
    beside: tuple[tuple[str, ...], ...] = ()  # fields that stand on one line where there is room


Rule = Callable[[Any, Any], "Iterator[Finding]"]
R = TypeVar("R", bound=Rule)


def rule(function: R) -> R:
    """Mark a method `(self, context) -> Iterator[Finding]` as a check that runs once every answer has its type."""
    function.is_rule = True  # type: ignore[attr-defined]
    return function


def last_rule(function: R) -> R:
    """Mark a check of the whole that would only repeat what the others said: it runs if nothing else blocks."""
    function.is_last = True  # type: ignore[attr-defined]
    return rule(function)


class Asked(BaseModel):
    """What has fields with questions: a form or a line of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @classmethod
    def asks(cls) -> dict[str, Ask]:
        """Question by field name, in order."""
        return {name: _metadata(name, info, Ask) for name, info in cls.model_fields.items()}

    @classmethod
    def kind(cls, name: str) -> Kind:
        """Which control a field wants."""
        return _metadata(name, cls.model_fields[name], Kind)

    @classmethod
    def rules(cls) -> Iterator[Rule]:
        """The checks declared on the class and its bases."""
        for base in reversed(cls.__mro__):
            for attribute in vars(base).values():
                if getattr(attribute, "is_rule", False):
                    yield attribute


class Row(Asked):
    """A line of a table inside a form."""

    beside: ClassVar[tuple[tuple[str, ...], ...]] = ()  # as in `Section`, for lines shown as cards


class FormType(Asked):
    """An official form. Subclass it, give it a code and an edition, list its sections and fields."""

    do_not_call_in_templates: ClassVar[bool] = True  # a template names the class, it never makes one

    code: ClassVar[str]
    edition: ClassVar[str]
    title: ClassVar[Words]
    official_titles: ClassVar[Titles] = {}
    explanation: ClassVar[Words] = ""  # one line in the menu
    sections: ClassVar[tuple[Section, ...]] = ()

    @classmethod
    def example(cls) -> Self:
        """A complete, valid, invented answer. Feeds tests, demo data and the manual."""
        raise NotImplementedError

    @classmethod
    def digest(cls) -> str:
        """What a published edition promises, in the source language. If it changes, publish a new edition (FRM-01)."""
        with translation.override(None):
            return cls._digest()

    @classmethod
    def _digest(cls) -> str:
        promise = {
            "schema": cls.model_json_schema(),
            "asks": {name: str(ask.label) for name, ask in cls.asks().items()},
            "sections": [[str(section.title), list(section.fields)] for section in cls.sections],
        }
        return hashlib.sha256(json.dumps(promise, sort_keys=True).encode()).hexdigest()[:16]


def table(info: FieldInfo) -> type[Row] | None:
    """The Row class if this field is a table, else None."""
    if get_origin(info.annotation) is list:
        item = get_args(info.annotation)[0]
        if isinstance(item, type) and issubclass(item, Row):
            return item
    return None


def plain(annotation: Any) -> Any:
    """A type without `| None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


M = TypeVar("M")


def _metadata(name: str, info: FieldInfo, wanted: type[M]) -> M:
    for item in _all_metadata(info):
        if isinstance(item, wanted):
            return item
    message = f"Field {name} has no {wanted.__name__}(…)"
    raise TypeError(message)


def _all_metadata(info: FieldInfo) -> Iterator[Any]:
    """Metadata of the field and, for `Kind[...] | None`, of the type inside the union."""
    yield from info.metadata
    if get_origin(info.annotation) in (Union, types.UnionType):
        for part in get_args(info.annotation):
            yield from getattr(part, "__metadata__", ())
