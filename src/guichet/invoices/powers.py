"""Powers of attorney: whether one holds for an invoice, and the words somebody signs (INV-30)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.accounts.rules import INSURED_KINDS
from guichet.formspec import registry
from guichet.formspec.findings import warning
from guichet.invoices.formtypes.base import InvoiceForm
from guichet.invoices.models import Invoice, PowerOfAttorney, PowerState
from guichet.kernel import dates, identifiers

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Partner
    from guichet.formspec.reading import Reading
    from guichet.invoices.queries.persons import Acted
    from guichet.tenancy.models import Insurer

CODE: Final = "power.missing"
NEVER, FIRST, ALWAYS = "never", "first", "always"
_PLACE: Final = "beneficiary"
_MISSING: Final = gettext_lazy(
    "Aucune procuration de cette personne n'est valable pour ce formulaire et cette période. "
    "Il en faut une s'il n'y a pas encore eu d'échange avec l'office."
)


@dataclass(frozen=True)
class Held:
    """The powers in force of one person for one sender, or that none is asked for."""

    needed: bool
    powers: tuple[PowerOfAttorney, ...] = ()


NOT_NEEDED: Final = Held(needed=False)


def held(avs_number: str, beneficiary_id: UUID, *, but: UUID, is_known: bool = False, by: Actor) -> Held:
    """What is known when a draft is checked: at most two statements, none where no power is asked for.

    `is_known`: this sender is already known to have sent an invoice for the person before; it is not asked again.
    """
    wanted = by.insurer.setting("power_required")
    if by.affiliation is None or by.affiliation.kind in INSURED_KINDS or wanted not in {FIRST, ALWAYS}:
        return NOT_NEEDED
    needed = wanted == ALWAYS or not (is_known or _exchanged(beneficiary_id, but))
    rows = PowerOfAttorney.objects.filter(
        affiliation=by.affiliation, avs_number=avs_number, state=PowerState.ACTIVE
    ).order_by("-valid_to", "id")
    return Held(needed=needed, powers=tuple(rows[:20]))


def _exchanged(beneficiary_id: UUID, but: UUID) -> bool:
    """Whether this sender has sent an invoice for the person before."""
    return Invoice.objects.filter(beneficiary_id=beneficiary_id, sent_at__isnull=False).exclude(pk=but).exists()


def judged(reading: Reading, known: Held) -> Reading:
    """The reading with a question where no power covers form and period; never blocking."""
    answers = reading.answers
    if not known.needed or not isinstance(answers, InvoiceForm):
        return reading
    first, last = answers.period()
    covered = any(one.covers(answers.code) and one.valid_from <= first and last <= one.valid_to for one in known.powers)
    if covered:
        return reading
    return replace(reading, findings=(*reading.findings, warning(CODE, _PLACE, _MISSING, source="LPGA 37")))


def form_names(power: PowerOfAttorney) -> str:
    """What it holds for, in words."""
    if not power.form_codes:
        return _("tous les formulaires de facture")
    return ", ".join(f"{registry.current(code).title} ({code})" for code in power.form_codes)


def text_of(power: PowerOfAttorney, giver: Acted, *, signer: str, sender: Partner, insurer: Insurer) -> str:
    """The words somebody signs, in the language of the moment; everything that is agreed stands in them."""
    facts = {
        "giver": giver.name,
        "avs": identifiers.format_avs(giver.avs_number),
        "born": dates.format_date(giver.birth_date),
        "sender": sender.name,
        "place": f"{sender.postcode} {sender.town}".strip(),
        "insurer": insurer.name,
        "forms": form_names(power),
        "first": dates.format_date(power.valid_from),
        "last": dates.format_date(power.valid_to),
        "signer": signer,
    }
    parts = [
        _("{giver}, n° AVS {avs}, née ou né le {born}, donne procuration à {sender}, {place}."),
        _("{sender} peut envoyer en son nom des factures à {insurer} et recevoir ce qui les concerne."),
        _("La procuration vaut pour : {forms}."),
        _("Elle vaut pour les prestations du {first} au {last}."),
        _("Elle peut être révoquée en tout temps ; la révocation vaut tout de suite."),
    ]
    if not giver.is_oneself:
        parts.append(_("Signée par {signer}, qui représente {giver}."))
    return "\n".join(part.format(**facts) for part in parts)


def paper(power: PowerOfAttorney, *, giver: str, signer: str, sender: str, insurer: Insurer) -> dict[str, Any]:
    """The data of the printed power, once it is signed."""
    signed_at = power.signed_at
    assert signed_at is not None  # noqa: S101 -- only what is signed is printed
    return {
        "created_at": signed_at.isoformat(),
        "title": _("Procuration"),
        "insurer": insurer.name,
        "giver": giver,
        "sender": sender,
        "text": power.signed_text,
        "facts": [
            {"label": _("Signée par"), "value": signer},
            {"label": _("Signée le"), "value": dates.format_datetime(signed_at)},
            {"label": _("Moyen"), "value": _("Compte personnel, mot de passe et code reçu par SMS")},
            {"label": _("Empreinte du texte"), "value": f"SHA-256 {power.text_hash}"},
        ],
        "pages": _("Page {page} de {pages}"),
        "heading": _("Signature électronique"),
    }
