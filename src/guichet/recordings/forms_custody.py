"""The questions of custody: court, destruction, forwarding, hold. Whether an act is allowed says the action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts import fields
from guichet.accounts.fields import KernelField
from guichet.accounts.forms import Questions
from guichet.kernel import dates
from guichet.recordings import rules
from guichet.recordings.models import Admission, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from guichet.tenancy.models import Insurer


def past_day(label: Any, missing: Any, **options: Any) -> KernelField:
    """A day up to today, as people write it."""

    def parse(text: str) -> date:
        today = timezone.localdate()
        return dates.not_after(dates.parse_date(text, today=today, ahead=0), today)

    return KernelField(parse, kind="date", label=label, missing=missing, **options)  # type: ignore[arg-type]


def _line(label: Any, missing: Any, limit: int, **options: Any) -> Any:
    return fields.line(label, missing, limit=limit, autocomplete="off", **options)


class CourtForm(Questions):
    """To which court, in which case, on which ground, into whose hands (REC-14)."""

    ground = forms.ChoiceField(
        label=_("Motif de la remise"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez le motif de la remise."),
            "invalid_choice": _("Choisissez un des motifs proposés."),
        },
    )
    court = _line(_("Tribunal"), _("Indiquez le tribunal qui demande l'enregistrement."), 160)
    court_reference = _line(
        _("Référence du tribunal"), _("Indiquez le numéro de la procédure au tribunal."), 60, width="medium"
    )
    receiver = _line(
        _("Destinataire"),
        _("Indiquez qui reçoit le support au tribunal."),
        120,
        help_text=_("Prénom et nom de la personne qui reçoit le support"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (ground.code, f"{ground.label} ({ground.law})") for ground in rules.grounds_for("court")
        ]


class RefusalForm(Questions):
    """Why the second person says no."""

    reason = _line(_("Raison du refus"), _("Écrivez pourquoi la remise est refusée."), 300, width="full")


class ReceiptForm(Questions):
    """« Remis le … à … »."""

    medium = _line(
        _("Inscription sur le support"),
        _("Écrivez ce qui est inscrit sur le support, par exemple son numéro."),
        60,
        width="medium",
    )
    handed_to = _line(_("Remis à"), _("Indiquez qui a reçu le support."), 120)
    handed_on = past_day(_("Remis le"), _("Indiquez le jour de la remise."))


class TenDaysForm(Questions):
    """Of which interview, declared on which day (7k al. 3 let. b)."""

    interview_on = forms.ChoiceField(
        label=_("Entretien du"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez l'entretien."), "invalid_choice": _("Choisissez l'entretien.")},
    )
    declared_on = past_day(
        _("Déclaration reçue le"), _("Indiquez le jour où l'office a reçu la déclaration."),
        help_text=_("Le jour de réception par l'office compte."),
    )  # fmt: skip
    document = forms.FileField(
        label=_("Déclaration signée"),
        help_text=_("PDF, JPG ou PNG, 20 Mo au plus."),
        error_messages={"required": _("Joignez la déclaration signée.")},
    )
    admission = forms.ChoiceField(
        label=_("Déclaration arrivée après le délai : admise parce que"),
        required=False,
        choices=[("", _("Dans le délai")), *Admission.choices],
        error_messages={"invalid_choice": _("Choisissez un des motifs proposés.")},
        help_text=_("Guichet ne calcule ni la suspension ni la restitution des délais : l'office les constate."),
    )
    admission_note = _line(
        _("Constat de l'office"), "", 300, required=False, width="full",
        help_text=_("Seulement pour une demande tardive : les faits qui la font admettre."),
    )  # fmt: skip

    def __init__(self, *args: Any, days: Sequence[date], late: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not late:  # every term still runs: nothing there is to admit
            del self.fields["admission"], self.fields["admission_note"]
        self.fields["interview_on"].choices = [(day.isoformat(), f"{day:%d.%m.%Y}") for day in days]  # type: ignore[attr-defined]


class WithdrawForm(Questions):
    """Why a request is taken back; in writing where the insured person wishes it."""

    reason = forms.ChoiceField(
        label=_("Raison du retrait"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez la raison du retrait."),
            "invalid_choice": _("Choisissez une des raisons proposées."),
        },
    )
    note = _line(
        _("Explication"), "", 300, required=False, width="full",
        help_text=_("Obligatoire pour une erreur de l'office : ce qui a été confondu."),
    )  # fmt: skip
    declared_on = past_day(
        _("Retrait écrit reçu le"), "", required=False,
        help_text=_("Seulement si la personne assurée retire sa demande."),
    )  # fmt: skip
    document = forms.FileField(
        label=_("Retrait signé"),
        required=False,
        help_text=_("Seulement si la personne assurée retire sa demande. PDF, JPG ou PNG, 20 Mo au plus."),
    )

    def __init__(self, *args: Any, hers: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [Withdrawal.PERSON] if hers else [Withdrawal.PERSON, Withdrawal.WRONG_PERSON, Withdrawal.TYPING]
        self.fields["reason"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]

    @staticmethod
    def wrong(name: str) -> Any:
        """What to do about a question the action refused."""
        return {
            "document": _("Joignez le retrait signé par la personne assurée."),
            "declared_on": _("Indiquez le jour de réception : après la demande, et pas dans le futur."),
            "note": _("Écrivez ce qui a été confondu."),
        }.get(name) or _("Une erreur de l'office n'a ni retrait écrit ni date ; choisissez la raison qui convient.")


class FinalForm(Questions):
    """The decision is in force and the person agrees (7l al. 3)."""

    final_on = past_day(_("Décision entrée en force le"), _("Indiquez le jour de l'entrée en force."))
    declared_on = past_day(_("Accord de la personne reçu le"), _("Indiquez le jour de réception de l'accord."))
    offered_on = past_day(
        _("Dossier proposé aux archives le"), "", required=False,
        help_text=_("Si le droit de votre canton demande de proposer le dossier aux archives."),
    )  # fmt: skip
    document = forms.FileField(
        label=_("Accord signé"),
        help_text=_("PDF, JPG ou PNG, 20 Mo au plus."),
        error_messages={"required": _("Joignez l'accord signé.")},
    )


class ForwardForm(Questions):
    """To which office, and why (REC-07)."""

    to = forms.ChoiceField(
        label=_("Office destinataire"),
        error_messages={
            "required": _("Choisissez l'office destinataire."),
            "invalid_choice": _("Choisissez l'office destinataire."),
        },
    )
    reason = _line(_("Raison"), _("Écrivez pourquoi l'enregistrement est transmis."), 500, width="full")

    def __init__(self, *args: Any, offices: Sequence[Insurer], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [("", _("Choisir")), *((one.slug, one.name) for one in offices)]  # type: ignore[attr-defined]


class HoldForm(Questions):
    """Why nothing may be destroyed; empty lifts the hold."""

    legal_hold = _line(
        _("Raison du blocage"), "", 200, required=False, width="full",
        help_text=_("Vide : aucun blocage. Rien ne peut être détruit tant qu'une raison est inscrite."),
    )  # fmt: skip
