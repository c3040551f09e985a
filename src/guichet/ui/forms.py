"""What a field looks like to the page: label, hint, value, errors and the control, whoever asks the question.

`FieldView` knows nothing of models or form types; `formspec` and Django forms are both turned into it, so that every
question of the platform has the same face. `{% field view %}` renders one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.html import format_html_join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.forms.boundfield import BoundField
    from django.utils.functional import Promise
    from django.utils.safestring import SafeString

KINDS: Final = frozenset(
    [
        "text",
        "textarea",
        "date",
        "time",
        "amount",
        "integer",
        "decimal",
        "avs",
        "iban",
        "gln",
        "phone",
        "email",
        "password",
        "code",
        "search",
        "select",
        "radio",
        "checkbox",
        "file",
        "hidden",
    ]
)
"""Every kind of control `{% field %}` can draw."""

_WIDTHS: Final = {
    "date": "date",
    "time": "time",
    "amount": "amount",
    "integer": "tiny",
    "decimal": "short",
    "avs": "avs",
    "iban": "iban",
    "gln": "gln",
    "phone": "phone",
    "code": "code",
}
_INPUTMODES: Final = {
    "date": "numeric",
    "time": "numeric",
    "amount": "decimal",
    "integer": "numeric",
    "decimal": "decimal",
    "avs": "numeric",
    "gln": "numeric",
    "code": "numeric",
    "phone": "tel",
    "email": "email",
}
_TYPES: Final = {"phone": "tel", "email": "email", "password": "password", "search": "search", "file": "file"}
_CHECKED_ON_BLUR: Final = frozenset({"avs", "iban", "gln", "date"})  # copied from paper: a checksum tells at once


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a select, radio or checkbox group; `hint` is a second line (radio cards)."""

    value: str
    label: str | Promise
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One question as the page shows it.

    `value` is what was typed, in the spelling that was typed (a tuple of values for a checkbox group). `previous` is
    the value of the version before, shown struck while a correction is made. `width` is one of the `w-` classes
    without prefix (tiny, npa, short, date, amount, avs, iban, gln, phone, medium, full); empty: by `kind`.
    """

    name: str
    label: str | Promise
    kind: str = "text"
    id: str = ""
    hint: str | Promise = ""
    value: object = ""
    errors: tuple[str | Promise, ...] = ()
    required: bool = True
    choices: tuple[Choice, ...] = ()
    width: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    maxlength: int | None = None
    placeholder: str | Promise = ""
    locked: bool = False
    previous: str | Promise = ""
    note: str | Promise = ""
    prefix: str = ""  # CHF
    cards: bool = False  # radio or checkbox group as wide cards
    autofocus: bool = False
    usual: str = ""  # a filter's value as long as nobody has chosen another
    attributes: Mapping[str, str] = field(default_factory=dict)  # data-… of the scripts

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            message = f"no control for kind {self.kind!r}"
            raise ValueError(message)
        object.__setattr__(self, "id", self.id or f"id_{self.name}")
        object.__setattr__(self, "width", self.width or _WIDTHS.get(self.kind, ""))

    @property
    def is_group(self) -> bool:
        """Several controls under one legend."""
        return self.kind == "radio" or (self.kind == "checkbox" and bool(self.choices))

    @property
    def anchor(self) -> str:
        """Where the error summary leads: the control, in a group the first one."""
        return f"{self.id}_0" if self.is_group else self.id

    @property
    def described_by(self) -> str:
        """The ids of hint, note and errors that exist, for aria-describedby."""
        parts = (("hint", self.hint), ("previous", self.previous), ("note", self.note), ("error", self.errors))
        return " ".join(f"{self.id}_{name}" for name, there in parts if there)

    @property
    def text_value(self) -> str:
        return "" if self.value is None else str(self.value)

    @property
    def control(self) -> SafeString:
        """The attributes of input, select and textarea, in a fixed order."""
        return _attributes(self._common() | self._typed())

    @property
    def options(self) -> Iterator[tuple[Choice, str, bool]]:
        """(choice, id, chosen) of select, radio and checkbox groups."""
        chosen = set(map(str, self.value)) if isinstance(self.value, list | tuple | set) else {self.text_value}
        for number, choice in enumerate(self.choices):
            yield choice, f"{self.id}_{number}", choice.value in chosen

    def _common(self) -> dict[str, str]:
        return {
            "aria-describedby": self.described_by,
            "aria-invalid": "true" if self.errors and self.kind != "radio" else "",  # ARIA knows none for one radio
            **({"required": "required"} if self.required and self.kind not in {"checkbox", "hidden"} else {}),
            **({"autofocus": "autofocus"} if self.autofocus else {}),
            **({"data-check": self.kind} if self.kind in _CHECKED_ON_BLUR and not self.locked else {}),
            **self.attributes,
        }

    def _typed(self) -> dict[str, str]:
        if self.kind in {"select", "radio", "checkbox", "file"}:
            return {"disabled": "disabled"} if self.locked else {}
        return {
            "autocomplete": self.autocomplete,
            "inputmode": self.inputmode or _INPUTMODES.get(self.kind, ""),
            "maxlength": str(self.maxlength or ""),
            "placeholder": str(self.placeholder),
            **({"readonly": "readonly"} if self.locked else {}),
            **({"spellcheck": "false"} if self.kind not in {"text", "textarea"} else {}),
        }

    @property
    def type(self) -> str:
        """The `type` of the input element."""
        return _TYPES.get(self.kind, "text")

    @property
    def classes(self) -> str:
        """The classes of the control itself."""
        number = " input--number" if self.kind in {"amount", "integer", "decimal"} else ""
        return f"input{number} w-{self.width}" if self.width else f"input{number}"


def _attributes(pairs: Mapping[str, str]) -> SafeString:
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in pairs.items() if value != ""))


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the error summary: the words of the field's error and the id it leads to."""

    anchor: str
    text: str | Promise


def are_narrowed(filters: Iterable[FieldView]) -> bool:
    """Whether somebody chose anything among the filters of a list that is not its `usual` value."""
    return any(view.kind != "hidden" and view.text_value.strip() != view.usual for view in filters)


def side_by_side(
    views: Iterable[FieldView], beside: Iterable[tuple[str, ...]], prefix: str = ""
) -> tuple[tuple[FieldView, ...], ...]:
    """The questions in their order, those that `beside` names together (`prefix` before each name) on one line."""
    lines = {f"{prefix}{name}": line for line in beside for name in line}
    rows: list[tuple[FieldView, ...]] = []
    for view in views:
        line = lines.get(view.name)
        if rows and line is not None and lines.get(rows[-1][0].name) is line:
            rows[-1] += (view,)
        else:
            rows.append((view,))
    return tuple(rows)


def error_links(fields: Iterable[FieldView], general: Iterable[str | Promise] = ()) -> list[ErrorLink]:
    """The lines of the summary, in the order of the page; errors of the whole form first, without a link."""
    links = [ErrorLink("", text) for text in general]
    return links + [ErrorLink(view.anchor, text) for view in fields for text in view.errors]


_DJANGO_KINDS: Final[tuple[tuple[type[forms.Widget], str], ...]] = (
    (forms.HiddenInput, "hidden"),
    (forms.PasswordInput, "password"),
    (forms.EmailInput, "email"),
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
    (forms.TimeInput, "time"),
)


def _kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if asked := widget.attrs.get("data-kind"):
        return str(asked)
    return next((kind for widget_class, kind in _DJANGO_KINDS if isinstance(widget, widget_class)), "text")


def from_django(bound: BoundField, **changes: object) -> FieldView:
    """A Django form's field as a `FieldView`. `widget.attrs["data-kind"]` names a kind Django does not know (avs, iban,
    gln, phone, code, amount …), `widget.attrs["data-width"]` a width; `changes` override what is derived. A password
    is never sent back to the browser.
    """
    widget = bound.field.widget
    kind = _kind_of(bound)
    pairs = getattr(widget, "choices", ())
    settings: dict[str, object] = {
        "name": bound.html_name,
        "id": bound.id_for_label.removesuffix("_0") or f"id_{bound.html_name}",
        "label": bound.label,
        "kind": kind,
        "hint": bound.help_text,
        "value": _value_of(bound, kind),
        "errors": tuple(bound.errors),
        "required": bound.field.required,
        "choices": tuple(Choice(str(value), label) for value, label in pairs),
        "maxlength": getattr(bound.field, "max_length", None),
        "locked": bound.field.disabled,
        "width": str(widget.attrs.get("data-width", "")),
        "autocomplete": str(widget.attrs.get("autocomplete", "")),
        "inputmode": str(widget.attrs.get("inputmode", "")),
        "placeholder": str(widget.attrs.get("placeholder", "")),
        "autofocus": bool(widget.attrs.get("autofocus", False)),
    }
    return FieldView(**(settings | changes))  # type: ignore[arg-type]


def _value_of(bound: BoundField, kind: str) -> object:
    if kind in {"password", "file"}:
        return ""
    value = bound.value()
    return "" if value is None else value


def form_views(form: forms.BaseForm) -> list[FieldView]:
    """Every field of a Django form in its order."""
    return [from_django(bound) for bound in form]


def form_errors(form: forms.BaseForm) -> list[ErrorLink]:
    """The error summary of a Django form."""
    if not form.is_bound:
        return []
    return error_links(form_views(form), [str(text) for text in form.non_field_errors()])
