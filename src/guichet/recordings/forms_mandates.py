"""The forms of mandates, waivers and sendings, read by the kernel's rules."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.accounts.fields import KernelField, email, line, mobile, words
from guichet.kernel import dates, identifiers
from guichet.kernel.findings import Invalid
from guichet.kernel.text import searchable
from guichet.recordings.actions.mandates import Facts
from guichet.recordings.actions.sending import AUDIBLE, CONFIRMATIONS, Declared
from guichet.recordings.rules import FIRST_INTERVIEW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from guichet.accounts.models import Affiliation

MOST_DATES: Final = 6
_CLOCK: Final = re.compile(r"(?:(\d{1,2})[:h ])?(\d{1,3})[:. m](\d{1,2})s?")
_YEARS_AHEAD: Final = 3


def _required(label: Any) -> Any:
    return format_lazy(gettext_lazy("Le champ {label} est obligatoire."), label=label)


def _line(label: Any, **options: Any) -> KernelField:
    return line(label, _required(label), autocomplete="off", **options)


def _date(label: Any, *, past: bool = True, **options: Any) -> KernelField:
    """A day as people write it; read back by `parsed`."""

    def parse(text: str) -> date:
        today = timezone.localdate()
        day = dates.parse_date(text, today=today, ahead=0 if past else _YEARS_AHEAD)
        return dates.not_after(day, today) if past else day

    return KernelField(parse, kind="date", label=label, missing=_required(label), **options)  # type: ignore[arg-type]


class MandateForm(forms.Form):
    """Whom the expertise is about, and when."""

    number = _line(
        gettext_lazy("Référence"),
        limit=30,
        required=False,
        width="medium",
        help_text=gettext_lazy("Celle de l'office, si vous la connaissez. Sinon, Guichet en donne une."),
    )
    last_name = _line(gettext_lazy("Nom"))
    first_name = _line(gettext_lazy("Prénom"))
    birth_date = KernelField(
        lambda text: dates.parse_birth_date(text, today=timezone.localdate()),  # type: ignore[arg-type,return-value]
        kind="date",
        label=gettext_lazy("Date de naissance"),
        missing=_required(gettext_lazy("Date de naissance")),
    )
    avs_number = KernelField(
        identifiers.parse_avs,
        kind="avs",
        label=gettext_lazy("N° assuré"),
        help_text=gettext_lazy("756.XXXX.XXXX.XX, sur la carte d'assuré."),
        missing=_required(gettext_lazy("N° assuré")),
    )
    interview_dates = _line(
        gettext_lazy("Dates des entretiens"),
        limit=120,
        width="medium",
        help_text=gettext_lazy("Séparées par une virgule, par exemple 05.11.2026, 12.11.2026."),
    )
    expert_name = _line(
        gettext_lazy("Qui mène l'entretien"),
        limit=120,
        required=False,
        help_text=gettext_lazy("Pour un centre : l'expert·e."),
    )

    def clean_interview_dates(self) -> tuple[date, ...]:
        """Every day of the list."""
        return parse_days(self.cleaned_data["interview_dates"])

    def facts(self) -> Facts:
        """What was typed, for the action."""
        return Facts(**{name: value for name, value in self.cleaned_data.items() if name != "affiliation"})


def parse_days(text: str) -> tuple[date, ...]:
    """Days separated by commas or semicolons. Raises `ValidationError` in the kernel's words."""
    pieces = [piece for piece in re.split(r"[,;]", text) if piece.strip()]
    if len(pieces) > MOST_DATES:
        raise ValidationError(_("Indiquez six dates au plus."))
    today = timezone.localdate()
    try:
        days = tuple(dates.parse_date(piece, today=today, ahead=_YEARS_AHEAD) for piece in pieces)
    except Invalid as invalid:
        raise ValidationError(words(invalid.code, invalid.params)) from None
    for day in days:
        _refuse_too_early(day)
    return days


def _refuse_too_early(day: date) -> None:
    """A year that is wrong would close the waiver and the ten days to the insured person."""
    if day < FIRST_INTERVIEW:
        text = _("Les entretiens sont enregistrés depuis le {day} (art. 44 al. 6 LPGA). Vérifiez l'année.")
        raise ValidationError(text.format(day=dates.format_date(FIRST_INTERVIEW)))


class AnnounceForm(MandateForm):
    """The office also says to whom, and how the insured person is reached."""

    affiliation = forms.ChoiceField(
        label=gettext_lazy("Expert·e ou centre"),
        error_messages={
            "required": gettext_lazy("Choisissez un expert ou un centre."),
            "invalid_choice": gettext_lazy("Choisissez un expert ou un centre."),
        },
    )
    mobile = mobile(
        required=False,
        label=gettext_lazy("Téléphone portable de la personne assurée"),
        help_text=gettext_lazy("Reçoit le code par SMS lors d'un accès à l'écoute."),
    )
    email = email(required=False, label=gettext_lazy("E-mail de la personne assurée"))
    language = forms.ChoiceField(
        label=gettext_lazy("Langue de la personne assurée"), choices=(("fr", "Français"), ("de", "Deutsch"))
    )
    field_order = (
        "affiliation",
        "number",
        "last_name",
        "first_name",
        "birth_date",
        "avs_number",
        "interview_dates",
        "expert_name",
        "mobile",
        "email",
        "language",
    )

    def __init__(self, *args: Any, experts: Sequence[Affiliation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.experts = {str(one.pk): one for one in experts}
        self.fields["affiliation"].choices = [("", "—"), *called(experts).items()]  # type: ignore[attr-defined]


def called(experts: Sequence[Affiliation]) -> dict[str, str]:
    """How each of them is called, by id; of several with the same name, place and GLN say which."""
    names = Counter(searchable(str(one.partner)) for one in experts)
    found = {}
    for one in experts:
        more = (one.partner.town, one.partner.gln) if names[searchable(str(one.partner))] > 1 else ()
        found[str(one.pk)] = ", ".join(part for part in (str(one.partner), *more) if part)
    return found


class BeginForm(forms.Form):
    """The day of the interview that was recorded."""

    interview_on = _date(
        gettext_lazy("Date de l'entretien"),
        help_text=gettext_lazy("Le délai de dix jours de la personne assurée court depuis ce jour."),
    )

    def clean_interview_on(self) -> date:
        """A day on which interviews were recorded."""
        day: date = self.cleaned_data["interview_on"]
        _refuse_too_early(day)
        return day


class WaiverForm(forms.Form):
    """The written declaration of the insured person."""

    declared_on = _date(gettext_lazy("Date de la déclaration"))


class RevocationForm(forms.Form):
    """The person wants the recording after all."""

    revoked_on = _date(gettext_lazy("Date de la révocation"))


class ConfirmForm(forms.Form):
    """The office's own reference for a mandate the expert opened."""

    number = _line(gettext_lazy("Référence de l'office"), limit=30, required=False, width="medium")


class RedepositForm(forms.Form):
    """Why another file is needed."""

    reason = _line(
        gettext_lazy("Raison"),
        limit=500,
        width="full",
        help_text=gettext_lazy("L'expert·e la lit ; par exemple : déposez un MP3, le DSS est brouillé."),
    )


class _Clock(forms.CharField):
    """A place in the recording: 1:02:05 or 2:05."""

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = (value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None or int(found[3]) > 59:
            raise ValidationError(_("Saisissez une position en minutes et secondes, par exemple 2:05."))
        return (int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])) * 1000


class SendForm(forms.Form):
    """What the expert says before the sending (REC-05)."""

    spoken_start = _Clock(
        label=gettext_lazy("Le début est confirmé à"), required=False, help_text=gettext_lazy("Par exemple 0:12.")
    )
    spoken_end = _Clock(
        label=gettext_lazy("La fin est confirmée à"), required=False, help_text=gettext_lazy("Par exemple 58:40.")
    )
    report_reference = _line(
        gettext_lazy("Référence du rapport d'expertise"),
        limit=60,
        required=False,
        width="medium",
        help_text=gettext_lazy("Le rapport lui-même n'est pas déposé ici."),
    )
    report_date = _date(gettext_lazy("Date du rapport"), required=False)
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Je confirme"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, audible: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = list(CONFIRMATIONS.items())
        if audible:
            told = gettext_lazy("J'ai réécouté les passages signalés : l'entretien est compréhensible.")
            choices.append((AUDIBLE, told))
        self.fields["confirmed"].choices = choices  # type: ignore[attr-defined]

    def declared(self) -> Declared:
        """What was typed, for the action; what is missing is the action's to say."""
        known = self.cleaned_data
        return Declared(
            spoken_start_ms=known.get("spoken_start"),
            spoken_end_ms=known.get("spoken_end"),
            report_reference=known.get("report_reference") or "",
            report_date=known.get("report_date") or None,
            confirmed=frozenset(known.get("confirmed") or ()),
        )

    def name_missing(self, missing: list[str], *, length: str) -> None:
        """The action's answer in words, at the fields."""
        texts = {
            "spoken_start": _("Indiquez à quel moment le début est confirmé, entre 0:00 et {length}."),
            "spoken_end": _("Indiquez à quel moment la fin est confirmée, après le début et jusqu'à {length}."),
            "report_reference": _("Indiquez la référence du rapport."),
            "report_date": _("Indiquez la date du rapport, au plus tard aujourd'hui."),
        }
        for name, text in texts.items():
            if name in missing:
                self.add_error(name, text.format(length=length))
        if any(code in missing for code in (*CONFIRMATIONS, AUDIBLE)):
            text = _("Confirmez chaque point ; sinon, déposez un autre fichier ou appelez l'office.")
            self.add_error("confirmed", text)
