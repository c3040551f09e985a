"""The questions of the insured person's page and of the public word on security."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.accounts.forms import Questions
from guichet.recordings.forms_custody import past_day
from guichet.recordings.forms_listening import Prose

_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")


class OwnDefectForm(Questions):
    """What cannot be followed, and at which second (OPGA 7k al. 8)."""

    place = forms.CharField(
        label=_("Moment dans l'enregistrement"),
        max_length=9,
        help_text=_("Minutes et secondes, par exemple 12:05"),
        error_messages={"required": _("Indiquez le moment, par exemple 12:05.")},
        widget=forms.TextInput(attrs={"data-width": "short", "autocomplete": "off"}),
    )
    text = Prose(
        label=_("Ce qui ne va pas"),
        max_length=1000,
        error_messages={
            "required": _("Écrivez ce qui ne va pas à cet endroit."),
            "max_length": _("Écrivez 1000 caractères au plus."),
        },
    )

    def clean_place(self) -> int:
        """Milliseconds."""
        found = _CLOCK.fullmatch(self.cleaned_data["place"].strip())
        if found is None or int(found[3]) > 59:
            raise ValidationError(_("Indiquez le moment, par exemple 12:05."))
        return ((int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])) * 1000


def _text(label: Any, limit: int, *, required: bool = True) -> Prose:
    told = {"required": _("Écrivez ce texte dans les deux langues.")}
    return Prose(label=label, max_length=limit, required=required, error_messages=told)


class SecurityForm(Questions):
    """Place, standards, last independent review, in both languages."""

    place_fr = _text(_("Lieu des données (français)"), 300)
    place_de = _text(_("Lieu des données (allemand)"), 300)
    standards_fr = _text(_("Normes (français)"), 600)
    standards_de = _text(_("Normes (allemand)"), 600)
    review_on = past_day(_("Dernier contrôle indépendant le"), "", required=False)
    review_fr = _text(_("Étendue du contrôle (français)"), 600, required=False)
    review_de = _text(_("Étendue du contrôle (allemand)"), 600, required=False)
