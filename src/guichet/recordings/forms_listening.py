"""The questions of the pages of listening. A form reads and words; whether an act is allowed says the action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.accounts import fields
from guichet.accounts.forms import CodeForm, Questions
from guichet.kernel.findings import Invalid
from guichet.kernel.text import clean_text
from guichet.recordings import rules
from guichet.recordings.models import GrantKind
from guichet.ui.forms import from_django

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.recordings.grounds import Ground
    from guichet.ui.forms import FieldView

__all__ = ["CodeForm", "DefectForm", "GrantForm", "GroundForm", "MarkerForm", "Prose", "RenewForm", "SettleForm"]

_LONGEST_MS: Final = 24 * 3600 * 1000


class Prose(forms.CharField):
    """Several lines, cleaned of what cannot be seen: who typed nothing else has typed nothing."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        try:
            return clean_text(super().to_python(value) or "", self.max_length or 0)
        except Invalid as invalid:  # longer once composed
            raise ValidationError(fields.words(invalid.code, invalid.params)) from None


def _case_reference() -> forms.CharField:
    return fields.line(
        _("Référence du dossier"),
        _("Indiquez la référence du dossier pour lequel l'enregistrement est écouté."),
        limit=60,
        width="medium",
        autocomplete="off",
    )


class GroundForm(Questions):
    """Why the recording is heard, and in which case (OPGA 7l)."""

    ground = forms.ChoiceField(
        label=_("Motif de l'écoute"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez le motif : sans motif de l'article 7l OPGA, personne n'écoute."),
            "invalid_choice": _("Choisissez un des motifs proposés."),
        },
    )
    case_reference = _case_reference()

    def __init__(self, *args: Any, grounds: Sequence[Ground], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (ground.code, f"{ground.label} ({ground.law})") for ground in grounds
        ]


class RenewForm(GroundForm):
    """Thirty days more, on a ground of its own."""


class GrantForm(GroundForm):
    """To whom a recording is opened (REC-13)."""

    kind = forms.ChoiceField(
        label=_("L'accès est ouvert à"),
        choices=GrantKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à qui l'accès est ouvert."),
            "invalid_choice": _("Choisissez à qui l'accès est ouvert."),
        },
    )
    name = fields.line(_("Prénom et nom"), _("Saisissez le nom de la personne."), limit=120, autocomplete="off")
    mobile = fields.mobile(
        required=False, help_text=_("Le code d'accès y est envoyé à chaque écoute. La commission n'en a pas besoin.")
    )
    email = fields.email(
        required=False, autocomplete="off", help_text=_("Le lien y est envoyé. Sans adresse, il part par SMS.")
    )
    language = forms.ChoiceField(
        label=_("Langue"), choices=(("fr", "Français"), ("de", "Deutsch")), initial="fr", widget=forms.RadioSelect
    )
    document = forms.FileField(
        label=_("Autorisation ou procuration"),
        required=False,
        help_text=_("PDF, JPG ou PNG. Nécessaire pour une personne autorisée ou un médecin désigné."),
    )
    field_order = ("kind", "name", "mobile", "email", "language", "ground", "case_reference", "document")

    def __init__(self, *args: Any, insured: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.insured = insured  # her name, which stands in the form before somebody else is chosen

    @property
    def views(self) -> list[FieldView]:
        """The number is asked of everybody but the commission: not called optional."""
        return [from_django(bound, **({"required": True} if bound.name == "mobile" else {})) for bound in self]

    def clean(self) -> dict[str, Any]:
        """What one answer asks of the others."""
        typed = super().clean() or self.cleaned_data
        kind = typed.get("kind")
        commission = kind == GrantKind.COMMISSION
        if kind and not commission and "mobile" in typed and not typed["mobile"]:
            self.add_error("mobile", _("Saisissez le numéro de portable : sans lui, l'accès ne peut pas être ouvert."))
        if kind in {GrantKind.AUTHORISED, GrantKind.PHYSICIAN}:
            if not typed.get("document"):
                self.add_error("document", _("Joignez l'autorisation : elle doit être au dossier."))
            if self.insured and typed.get("name", "").casefold() == self.insured.casefold():
                self.add_error("name", _("Saisissez le nom de cette personne : ici figure la personne assurée."))
        role = "commission" if commission else "listener"
        if kind and typed.get("ground") and typed["ground"] not in {one.code for one in rules.grounds_for(role)}:
            self.add_error("ground", _("Ce motif n'est pas possible pour cette personne."))
        return typed


class MarkerForm(Questions):
    """A place and what is to be remembered there."""

    at_ms = forms.IntegerField(min_value=0, max_value=_LONGEST_MS, initial=0, widget=forms.HiddenInput)
    text = fields.line(
        _("Note"), _("Écrivez ce qu'il faut retenir à cet endroit."), limit=500, autocomplete="off", width="full"
    )
    shared = forms.BooleanField(label=_("Visible pour mes collègues qui ont le droit d'écouter"), required=False)


class DefectForm(Questions):
    """What cannot be followed, and where (OPGA 7k al. 8)."""

    at_ms = forms.IntegerField(min_value=0, max_value=_LONGEST_MS, initial=0, widget=forms.HiddenInput)
    text = Prose(
        label=_("Ce qui ne va pas"),
        max_length=1000,
        help_text=_("Par exemple : on n'entend plus l'expert, le son est coupé, il manque un passage."),
        error_messages={
            "required": _("Écrivez ce qui ne va pas à cet endroit."),
            "max_length": _("Écrivez 1000 caractères au plus."),
        },
    )


class SettleForm(Questions):
    """What office and insured person agreed on."""

    outcome = Prose(
        label=_("Suite convenue avec la personne assurée"),
        max_length=1000,
        error_messages={
            "required": _("Écrivez ce qui a été convenu."),
            "max_length": _("Écrivez 1000 caractères au plus."),
        },
    )
