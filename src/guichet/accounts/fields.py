"""Form fields that read what people type with the kernel's rules and answer in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from guichet.kernel import bank, identifiers, phone
from guichet.kernel.codes import MESSAGES
from guichet.kernel.findings import Invalid
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


def words(code: str, params: Mapping[str, object] | None = None) -> str:
    """What a code of the kernel says, in the language of the moment."""
    return gettext(MESSAGES[code]).format_map(dict(params or {}))


class KernelField(forms.CharField):
    """Any usual spelling in, the canonical form out; what was typed stays in the page."""

    def __init__(self, parse: Callable[[str], str], *, kind: str, example: str = "", **options: Any) -> None:
        attrs = {"data-kind": kind, **options.pop("attrs", {})}
        missing = options.pop("missing", "")
        super().__init__(widget=forms.TextInput(attrs=attrs), strip=False, **options)
        self.parse = parse
        self.missing = missing
        self.example = example

    def to_python(self, value: str | None) -> str:
        text = value or ""
        try:
            return self.parse(text)
        except Invalid as invalid:
            if invalid.code.endswith(".missing"):
                if not self.required:
                    return ""
                if self.missing:
                    raise ValidationError(str(self.missing)) from None
            raise ValidationError(words(invalid.code, invalid.params)) from None

    def validate(self, value: str) -> None:
        """Nothing more: `to_python` has read it."""


def line(
    label: Words,
    missing: Words = "",
    *,
    limit: int = 80,
    required: bool = True,
    help_text: Words = "",
    width: str = "",
    autocomplete: str = "",
) -> KernelField:
    """One line of text, cleaned of what cannot be seen."""

    def parse(text: str) -> str:
        cleaned = clean_line(text, limit)
        if not cleaned:
            raise Invalid("text.missing")
        return cleaned

    attrs = {"data-width": width, "autocomplete": autocomplete}
    return KernelField(
        parse, kind="text", label=label, missing=missing, required=required, help_text=help_text, attrs=attrs
    )


def gln(**options: Any) -> KernelField:
    """The company's Global Location Number."""
    return KernelField(identifiers.parse_gln, kind="gln", label="GLN", attrs={"autocomplete": "off"}, **options)


def mobile(**options: Any) -> KernelField:
    """A number codes can be sent to: Switzerland and its neighbours, no premium and no internet numbers (A09)."""
    options.setdefault("label", gettext_lazy("Téléphone portable"))
    return KernelField(phone.parse_mobile, kind="phone", attrs={"autocomplete": "tel"}, **options)


def telephone(**options: Any) -> KernelField:
    """A number one may call."""
    options.setdefault("label", gettext_lazy("Téléphone"))
    return KernelField(phone.parse_phone, kind="phone", attrs={"autocomplete": "tel"}, **options)


def iban(**options: Any) -> KernelField:
    """An account; a QR-IBAN is one as well."""
    return KernelField(bank.parse_iban, kind="iban", label="IBAN", attrs={"autocomplete": "off"}, **options)


def email(**options: Any) -> forms.EmailField:
    """An address in lower case; letters outside ASCII cannot be delivered and are refused."""
    options.setdefault("label", pgettext_lazy("adresse", "Email"))
    attrs = {"autocomplete": options.pop("autocomplete", "email"), "data-width": "full"}
    wrong = gettext_lazy("Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.ch.")
    return _Email(
        max_length=254,
        widget=forms.EmailInput(attrs=attrs),
        error_messages={"required": wrong, "invalid": wrong, "max_length": wrong},
        **options,
    )


class _Email(forms.EmailField):
    def to_python(self, value: Any) -> str:
        address = str(super().to_python(value)).strip().casefold()
        if not address.isascii():
            raise ValidationError(self.error_messages["invalid"])
        return address


def password(label: Words, *, new: bool, missing: Words, **options: Any) -> forms.CharField:
    """A password as it was typed; it is never sent back to the page."""
    complete = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": complete, "data-width": "medium"}),
        error_messages={"required": missing},
        **options,
    )
