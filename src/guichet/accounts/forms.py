"""The questions of accounts' pages. A form reads and words; whether an act is allowed is the action's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guichet.accounts import fields
from guichet.accounts.models import MemberRole, Right, StaffRole
from guichet.kernel.address import parse_address
from guichet.kernel.bank import is_qr_iban
from guichet.kernel.findings import Invalid
from guichet.ui.forms import error_links, from_django

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer
    from guichet.ui.forms import ErrorLink, FieldView


class Questions(forms.Form):
    """A form whose fields carry their own errors, also those an action found."""

    def refuse(self, errors: dict[str, str]) -> None:
        """Put the words of an action at their fields."""
        for name, text in errors.items():
            self.add_error(name if name in self.fields else None, text)

    @property
    def views(self) -> list[FieldView]:
        """Every question in its order."""
        return [from_django(bound) for bound in self]

    @property
    def summary(self) -> list[ErrorLink]:
        """The lines of the error summary, in the same words as at the fields."""
        return error_links(self.views, [str(text) for text in self.non_field_errors()]) if self.is_bound else []


class LoginForm(Questions):
    """« Connexion »."""

    email = fields.email(autocomplete="username")
    password = fields.password(_("Mot de passe"), new=False, missing=_("Saisissez votre mot de passe."))


class CodeForm(Questions):
    """The six digits of the SMS; spaces and hyphens do not matter."""

    code = forms.CharField(
        label=_("Code d'accès"),
        max_length=20,
        widget=forms.TextInput(attrs={"data-kind": "code", "autocomplete": "one-time-code", "autofocus": True}),
        error_messages={
            "required": _("Saisissez le code à six chiffres reçu par SMS."),
            "max_length": _("Saisissez le code à six chiffres reçu par SMS."),
        },
    )


class ForgottenForm(Questions):
    """« Mot de passe oublié »."""

    email = fields.email(autocomplete="username", help_text=_("L'adresse avec laquelle votre compte a été créé"))


class NewPasswordForm(Questions):
    """A new password, twice."""

    password = fields.password(
        _("Nouveau mot de passe"),
        new=True,
        missing=_("Choisissez un mot de passe."),
        help_text=_("12 caractères au moins. Une phrase de plusieurs mots est facile à retenir."),
    )
    again = fields.password(
        _("Confirmation du mot de passe"), new=True, missing=_("Saisissez une deuxième fois le mot de passe.")
    )


class OwnPasswordForm(NewPasswordForm):
    """The same with the current one."""

    current = fields.password(_("Mot de passe actuel"), new=False, missing=_("Saisissez votre mot de passe actuel."))
    field_order = ("current", "password", "again")


class StepUpForm(Questions):
    """The password once more."""

    password = fields.password(_("Mot de passe"), new=False, missing=_("Saisissez votre mot de passe."))


class MobileForm(StepUpForm):
    """A new mobile number."""

    mobile = fields.mobile(label=_("Nouveau numéro de portable"))
    field_order = ("mobile", "password")


class TermsForm(Questions):
    """The tick box of the terms of use."""

    terms = forms.BooleanField(
        label=_("J'ai lu et j'accepte les conditions d'utilisation"),
        error_messages={"required": _("Cochez la case pour accepter les conditions d'utilisation.")},
    )


class LanguageForm(Questions):
    """The person's language."""

    language = forms.ChoiceField(label=_("Langue"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, insurer: Insurer, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [pair for pair in settings.LANGUAGES if pair[0] in insurer.languages] or list(settings.LANGUAGES)
        self.fields["language"].choices = offered  # type: ignore[attr-defined]


class PersonForm(Questions):
    """Name, address, mobile."""

    last_name = fields.line(_("Nom"), _("Saisissez le nom."), autocomplete="off")
    first_name = fields.line(_("Prénom"), _("Saisissez le prénom."), autocomplete="off")
    email = fields.email(autocomplete="off", help_text=_("Pour se connecter et pour les messages"))
    mobile = fields.mobile(help_text=_("Les codes d'accès y sont envoyés par SMS"))


class MemberForm(PersonForm):
    """A colleague of the company."""

    role = forms.ChoiceField(
        label=_("Rôle"),
        choices=MemberRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un rôle."), "invalid_choice": _("Choisissez un rôle de la liste.")},
    )
    field_order = ("last_name", "first_name", "role", "email", "mobile")


class RoleForm(Questions):
    """Only the role, for a member whose account was made elsewhere."""

    role = MemberForm.base_fields["role"]


class StaffRoleForm(Questions):
    """Role and rights of a member of staff."""

    role = forms.ChoiceField(
        label=_("Rôle"),
        choices=StaffRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un rôle."), "invalid_choice": _("Choisissez un rôle de la liste.")},
    )
    rights = forms.MultipleChoiceField(
        label=_("Droits"),
        choices=Right.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Un administrateur les a tous, sauf l'écoute, qui se donne ici."),
        error_messages={"invalid_choice": _("Choisissez des droits de la liste.")},
    )


class StaffForm(PersonForm, StaffRoleForm):
    """A new member of staff."""

    field_order = ("last_name", "first_name", "email", "mobile", "role", "rights")


class OwnDataForm(Questions):
    """What a person alone changes about herself; the address is checked as everywhere."""

    last_name = fields.line(_("Nom"), _("Saisissez le nom."), autocomplete="family-name")
    first_name = fields.line(_("Prénom"), _("Saisissez le prénom."), autocomplete="given-name")
    street = fields.line(_("Rue"), _("Saisissez la rue."), limit=70, autocomplete="address-line1")
    house_no = fields.line(_("N°"), limit=16, required=False, width="tiny")
    postcode = fields.line(
        _("NPA"),
        _("Saisissez un numéro postal de quatre chiffres, par exemple 1950."),
        limit=16,
        width="npa",
        autocomplete="postal-code",
    )
    town = fields.line(
        _("Localité"), _("Saisissez la localité."), limit=35, width="medium", autocomplete="address-level2"
    )
    iban = fields.iban(help_text=_("Le compte sur lequel les remboursements sont versés"))

    def __init__(self, *args: Any, with_iban: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_iban:
            del self.fields["iban"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parts = {name: cleaned.get(name, "") for name in ("street", "house_no", "postcode", "town")}
        if parts["postcode"] and parts["town"]:
            try:
                parse_address(**parts)
            except Invalid as invalid:
                place = "postcode" if invalid.code == "address.postcode" else "town"
                self.add_error(place, fields.words(invalid.code, invalid.params))
        if cleaned.get("iban") and is_qr_iban(cleaned["iban"]):
            words = _("Un QR-IBAN ne convient pas à une personne : saisissez l'IBAN ordinaire du compte.")
            self.add_error("iban", words)
        return cleaned


class BankAccountForm(Questions):
    """A bank account of the company."""

    iban = fields.iban(help_text=_("Un QR-IBAN est reconnu : il demande une référence QR sur chaque facture"))
    holder = fields.line(_("Titulaire du compte"), _("Saisissez le titulaire du compte."), limit=70)
    label = fields.line(
        _("Désignation"),
        limit=60,
        required=False,
        help_text=_("Pour le retrouver dans la liste, par exemple « Compte principal »"),
    )


class RefusalForm(Questions):
    """Why a registration is refused."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Ce texte est envoyé au requérant."),
        error_messages={
            "required": _("Saisissez le motif du refus : il est envoyé au requérant."),
            "max_length": _("Saisissez un motif de 2000 caractères au plus."),
        },
    )
