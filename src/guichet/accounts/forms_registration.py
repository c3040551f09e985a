"""« S'inscrire »: one page for all kinds; the answer to the question says which fields count (ACC-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts import fields, passwords
from guichet.accounts.forms import Questions
from guichet.accounts.models import AffiliationKind
from guichet.accounts.rules import ONLINE, offered_kinds
from guichet.kernel import bank, dates, identifiers
from guichet.kernel.address import parse_address
from guichet.kernel.findings import Invalid
from guichet.ui.forms import from_django

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from guichet.tenancy.models import Insurer
    from guichet.ui.forms import FieldView

_PERSON: Final = frozenset({"avs_number", "birth_date", "sex", "iban"})
REQUIRED: Final[dict[str, frozenset[str]]] = {
    AffiliationKind.INSURED: _PERSON,
    AffiliationKind.REPRESENTATIVE: _PERSON | {"insured_last_name", "insured_first_name"},
    AffiliationKind.INSTITUTION: frozenset({"gln", "company", "phone"}),
    AffiliationKind.CENTRE: frozenset({"company", "phone"}),
    AffiliationKind.EXPERT: frozenset({"gln"}),
}
"""What a kind must say beyond name, address and access."""
_OPTIONAL: Final[dict[str, frozenset[str]]] = {
    AffiliationKind.INSTITUTION: frozenset({"uid", "zsr", "nif"}),
    AffiliationKind.CENTRE: frozenset({"gln", "uid", "zsr"}),
    AffiliationKind.EXPERT: frozenset({"zsr"}),
}
ASKED: Final = {kind: names | _OPTIONAL.get(kind, frozenset()) for kind, names in REQUIRED.items()}
_CONDITIONAL: Final = frozenset().union(*ASKED.values())
_HINTS: Final[dict[str, Promise]] = {
    AffiliationKind.INSURED: _("Vous envoyez vos propres frais, par exemple de voyage."),
    AffiliationKind.REPRESENTATIVE: _("Vous envoyez les frais d'un enfant ou d'une personne sous curatelle."),
    AffiliationKind.INSTITUTION: _("Vous facturez des prestations pour des assurés. Il vous faut un GLN."),
    AffiliationKind.EXPERT: _("Vous déposez des enregistrements d'entretiens. Il vous faut votre GLN."),
    AffiliationKind.CENTRE: _("Vous déposez les enregistrements de vos expert·e·s."),
}


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
    avs_number = fields.KernelField(
        identifiers.parse_avs, kind="avs", label=_("N° AVS"), required=False, attrs={"autocomplete": "off"},
        help_text=_("Sur la carte d'assuré, par exemple 756.9999.1234.54"),
    )  # fmt: skip
    insured_last_name = fields.line(_("Nom de la personne assurée"), _("Saisissez le nom."), required=False)
    insured_first_name = fields.line(_("Prénom de la personne assurée"), _("Saisissez le prénom."), required=False)
    birth_date = fields.KernelField(
        lambda text: dates.parse_birth_date(text, today=timezone.localdate()).isoformat(), kind="date",
        label=_("Date de naissance"), required=False, attrs={"data-width": "date", "autocomplete": "bday"},
    )  # fmt: skip
    sex = forms.ChoiceField(
        label=_("Sexe"), required=False, widget=forms.RadioSelect, help_text=_("Comme au registre de l'AVS"),
        choices=(("f", _("Féminin")), ("m", _("Masculin"))),
        error_messages={"required": _("Choisissez une réponse."), "invalid_choice": _("Choisissez une réponse.")},
    )  # fmt: skip
    iban = fields.KernelField(
        bank.parse_iban, kind="iban", label="IBAN", required=False, attrs={"autocomplete": "off"},
        help_text=_("Le compte sur lequel les remboursements sont versés"),
    )  # fmt: skip
    gln = fields.gln(required=False, help_text=_("13 chiffres, à votre nom ou au nom de votre société"))
    company = fields.line(
        _("Nom de l'organisme / entreprise"), _("Saisissez le nom de l'organisme / entreprise."), limit=70,
        autocomplete="organization", required=False,
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
        required=False,
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
        "insured": ("insured_last_name", "insured_first_name", "avs_number", "birth_date", "sex", "iban"),
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
        for name in REQUIRED.get(self.chosen, ()):
            self.fields[name].required = True

    @property
    def chosen(self) -> str:
        """The answer to the question, if one was given; what comes online is chosen to begin with."""
        answer = str(self.data.get("kind", "")) if self.is_bound else ""
        offered = [kind for kind in offered_kinds(self.insurer) if kind in ONLINE]
        usual = AffiliationKind.INSTITUTION if AffiliationKind.INSTITUTION in offered else ""
        return answer or usual or next(iter(offered), "")

    def full_clean(self) -> None:
        """Somebody who is no organisation is told how to register before anything else is asked."""
        super().full_clean()
        answer = self.cleaned_data.get("kind") if self.is_bound and hasattr(self, "cleaned_data") else None
        if answer and answer not in ONLINE:
            self._errors = forms.utils.ErrorDict()
            self.add_error("kind", self.not_online(answer))
        for name in _CONDITIONAL - ASKED.get(answer, frozenset()) if answer else ():
            self._errors.pop(name, None)  # typed before another answer was chosen: nobody's business any more
            self.cleaned_data[name] = ""

    def not_online(self, kind: str) -> str:
        """An honest sentence for the kinds the insurer registers itself for now."""
        text = gettext("L'inscription « %(kind)s » se fait pour l'instant par téléphone, au %(phone)s.")
        return text % {"kind": AffiliationKind(kind).label, "phone": self.insurer.phone}

    def hint(self, kind: str) -> str:
        """Under the answer, before it is chosen."""
        if kind in _HINTS:
            return str(_HINTS[kind])
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
