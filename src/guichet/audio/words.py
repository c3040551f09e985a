"""What the checks of a recording say to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.audio.quality import Quality, Verdict

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class QualityWord:
    """A line of the quality table: « Saturation · 12 sur un million · Rien à signaler »."""

    code: str
    verdict: Verdict
    title: str
    value: str  # « 46:02 », « −23 dB »
    advice: str  # empty if nothing is to be done


_TITLES: Final[dict[str, StrPromise]] = {
    "length": _("Durée"),
    "errors": _("Erreurs de décodage"),
    "clipping": _("Saturation"),
    "level": _("Niveau sonore"),
    "silence": _("Silence"),
    "longest": _("Plus long silence"),
    "digital": _("Absence totale de signal"),
    "dropouts": _("Coupures du son"),
}
_ADVICE: Final[dict[str, StrPromise]] = {
    "length": _(
        "La durée décodée diffère de la durée annoncée par le fichier. Réécoutez la fin et copiez le fichier à nouveau "
        "si elle manque."
    ),
    "errors": _("Des passages n'ont pas pu être décodés. Réécoutez l'enregistrement et copiez-le à nouveau."),
    "clipping": _("Le son est saturé par endroits. Vérifiez que les paroles restent compréhensibles."),
    "level": _("Le son est très faible. Vérifiez que toutes les personnes sont compréhensibles."),
    "silence": _("Une grande partie de l'enregistrement est silencieuse. Vérifiez que tout l'entretien s'y trouve."),
    "longest": _("Un long silence a été trouvé. S'il s'agit d'une interruption, elle doit être annoncée oralement."),
    "digital": _("Par moments, l'appareil n'a enregistré aucun signal. Vérifiez que rien ne manque."),
    "dropouts": _("Le son s'interrompt brusquement par endroits. Vérifiez que les paroles restent compréhensibles."),
}


def quality_words(kept: dict[str, Any]) -> list[QualityWord]:
    """The lines of the quality table, from `Recording.quality` as it was kept; none if it was not checked yet."""
    quality = Quality.from_json(kept)
    return [
        QualityWord(
            code=check.code,
            verdict=check.verdict,
            title=str(_TITLES[check.code]),
            value=_value(check.code, check.value, quality),
            advice="" if check.verdict is Verdict.OK else str(_ADVICE[check.code]),
        )
        for check in quality.checks
        if check.code in _TITLES
    ]


_UNITS: Final[dict[str, StrPromise | str]] = {
    "length": _("%(decoded)s (annoncée : %(declared)s)"),
    "errors": _("%(value).0f pour 100'000 parties du fichier"),
    "clipping": _("%(value).0f instants sur un million"),
    "level": "%(level)s dB",
    "silence": _("%(value).0f %% du temps"),
    "longest": "%(clock)s",
    "digital": _("%(value).0f %% du temps"),
    "dropouts": _("%(value).1f par minute"),
}
_NONE: Final[dict[str, StrPromise]] = {
    "errors": _("aucune"),
    "clipping": _("aucune"),
    "digital": _("jamais"),
    "dropouts": _("aucune"),
}
"""What is said instead of a figure that would be shown as nought."""


def _value(code: str, value: float, quality: Quality) -> str:
    decoded = clock(quality.duration_ms)
    if code == "length" and quality.declared_ms is None:
        return decoded
    if code in _NONE and round(value, 1 if code == "dropouts" else 0) == 0:
        return str(_NONE[code])
    declared = clock(quality.declared_ms or 0)
    level = f"{-value:+.0f}".replace("-", "\u2212")  # decoded sound may lie above full scale
    figures = {"value": value, "level": level, "clock": clock(round(value))}
    return str(_UNITS[code]) % {**figures, "decoded": decoded, "declared": declared}


def clock(milliseconds: int) -> str:
    """« 1:02:05 » or « 2:05 »."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
