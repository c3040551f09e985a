"""The questions of accounts' pages. A form reads and words; whether an act is allowed is the action's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts import fields, passwords
from guichet.accounts.models import AffiliationKind, MemberRole, Right, StaffRole
from guichet.accounts.rules import ONLINE, offered_kinds
from guichet.kernel import identifiers
from guichet.kernel.address import parse_address
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


class RegistrationForm(Questions):
    """« S'inscrire » : the question first, then the organisation, the responsible person, the access (ACC-01)."""

    kind = forms.ChoiceField(
        label=_("Je veux utiliser la plateforme en tant que"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez en tant que qui vous voulez utiliser la plateforme."),
            "invalid_choice": _("Choisissez une réponse de la liste."),
        },
    )
    gln = fields.gln(help_text=_("13 chiffres, au nom de votre société"))
    company = fields.line(
        _("Nom de l'organisme / entreprise"), _("Saisissez le nom de l'organisme / entreprise."), limit=70,
        autocomplete="organization",
    )  # fmt: skip
    uid = fields.KernelField(
        identifiers.parse_uid, kind="text", label=_("Numéro IDE (UID)"), required=False, help_text="CHE-…",
        attrs={"data-width": "medium"},
    )  # fmt: skip
    zsr = fields.KernelField(
        identifiers.parse_zsr, kind="text", label=_("Numéro RCC (ZSR)"), required=False, attrs={"data-width": "short"}
    )
    nif = fields.KernelField(
        identifiers.parse_nif, kind="text", label="NIF", required=False, attrs={"data-width": "short"},
        help_text=_("Numéro de créancier de la Centrale de compensation"),
    )  # fmt: skip
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
        _("Localité"),
        _("Saisissez la localité."),
        limit=35,
        width="medium",
        autocomplete="address-level2",
    )
    phone = fields.telephone(
        label=_("Téléphone de la société"),
        missing=_("Saisissez le téléphone de la société, par exemple 027 123 45 67."),
    )
    last_name = fields.line(_("Nom"), _("Saisissez le nom."), autocomplete="family-name")
    first_name = fields.line(_("Prénom"), _("Saisissez le prénom."), autocomplete="given-name")
    email = fields.email(help_text=_("Pour vous connecter et pour les messages"))
    password = fields.password(
        _("Mot de passe"),
        new=True,
        missing=_("Choisissez un mot de passe."),
        help_text=_("12 caractères au moins. Une phrase de plusieurs mots est facile à retenir."),
    )
    mobile = fields.mobile(
        label=_("Numéro de téléphone portable"),
        help_text=_("Vous recevrez un code à 6 chiffres lors de vos connexions"),
        missing=_("Saisissez votre numéro de portable, par exemple 079 123 45 67."),
    )
    terms = forms.BooleanField(
        label=_("J'ai lu et j'accepte les conditions d'utilisation"),
        error_messages={"required": _("Cochez la case pour accepter les conditions d'utilisation.")},
    )

    GROUPS = {
        "organisation": ("gln", "company", "uid", "zsr", "nif"),
        "contact": ("street", "house_no", "postcode", "town", "phone"),
        "person": ("last_name", "first_name"),
        "access": ("email", "password", "mobile"),
    }

    def __init__(self, *args: Any, insurer: Insurer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.insurer = insurer
        kinds = [(kind.value, kind.label) for kind in offered_kinds(insurer)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    @property
    def chosen(self) -> str:
        """The answer to the question, if one was given; what comes online is chosen to begin with."""
        answer = str(self.data.get("kind", "")) if self.is_bound else ""
        return answer or next((kind for kind in offered_kinds(self.insurer) if kind in ONLINE), "")

    def full_clean(self) -> None:
        """Somebody who is no organisation is told how to register before anything else is asked."""
        super().full_clean()
        answer = self.cleaned_data.get("kind") if self.is_bound and hasattr(self, "cleaned_data") else None
        if answer and answer not in ONLINE:
            self._errors = forms.utils.ErrorDict()
            self.add_error("kind", self.not_online(answer))

    def not_online(self, kind: str) -> str:
        """An honest sentence for the kinds the insurer registers itself for now."""
        text = gettext("L'inscription « %(kind)s » se fait pour l'instant par téléphone, au %(phone)s.")
        return text % {"kind": AffiliationKind(kind).label, "phone": self.insurer.phone}

    def hint(self, kind: str) -> str:
        """Under the answer, before it is chosen."""
        if kind in ONLINE:
            return gettext("Vous facturez des prestations pour des assurés. Il vous faut un GLN.")
        unbroken = self.insurer.phone.replace(" ", "\N{NO-BREAK SPACE}")
        return gettext("Pour l'instant par téléphone : %(phone)s") % {"phone": unbroken}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_address(cleaned)
        typed = self.data.get("password", "")
        if typed and "password" not in self.errors:
            names = (cleaned.get("company", ""), cleaned.get("email", ""), self.insurer.name)
            people = (cleaned.get("first_name", ""), cleaned.get("last_name", ""))
            if found := passwords.problems(typed, context=(*names, *people)):
                self.add_error("password", " ".join(found))
        return cleaned

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        parts = {name: cleaned.get(name, "") for name in ("street", "house_no", "postcode", "town")}
        if not all(parts[name] for name in ("postcode", "town")):
            return
        try:
            parse_address(**parts)
        except Invalid as invalid:
            name = "postcode" if invalid.code == "address.postcode" else "town"
            self.add_error(name, fields.words(invalid.code, invalid.params))

    def group(self, name: str) -> list[FieldView]:
        """The questions of one part of the page; a password that has to be typed again says so."""
        views = []
        for field in self.GROUPS[name]:
            changes: dict[str, object] = {}
            if field == "password" and self.is_bound and not self.errors.get("password"):
                changes["note"] = gettext(
                    "Saisissez encore une fois votre mot de passe : il n'est jamais renvoyé dans la page."
                )
            views.append(from_django(self[field], **changes))
        return views
