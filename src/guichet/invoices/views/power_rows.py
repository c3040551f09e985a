"""A power of attorney as the pages of both sides show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from guichet.invoices import powers as wording
from guichet.invoices.models import PowerState
from guichet.invoices.queries import persons
from guichet.kernel import dates

if TYPE_CHECKING:
    from guichet.invoices.models import PowerOfAttorney
    from guichet.invoices.powers import Held

_TONES: Final[dict[str, str]] = {
    PowerState.ASKED: "in_review",
    PowerState.ACTIVE: "accepted",
    PowerState.REVOKED: "withdrawn",
}


def shown(power: PowerOfAttorney) -> dict[str, Any]:
    """A power as the pages show it."""
    today = timezone.localdate()
    state, tone = str(PowerState(power.state).label), str(power.state)
    if power.is_expired:
        state, tone = _("Échue"), "refused"
    in_force = power.state == PowerState.ACTIVE and not power.is_expired
    return {
        "power": power,
        "forms": wording.form_names(power),
        "state": state,
        "tone": _TONES.get(tone, tone),
        "open": power.state in {PowerState.ASKED, PowerState.ACTIVE} and not power.is_expired,
        "asked": power.state == PowerState.ASKED and not power.is_expired,
        "in_force": in_force,
        "ends_soon": in_force and power.valid_to <= today + persons.ENDS_SOON,
    }


def html(known: Held) -> str:
    """Beside the form: that the power in force ends within sixty days; empty if there is nothing to say."""
    lasts = [one.valid_to for one in known.powers]
    today = timezone.localdate()
    if not lasts or not today <= max(lasts) <= today + persons.ENDS_SOON:
        return ""
    text = _("La procuration de cette personne échoit le {on}.").format(on=dates.format_date(max(lasts)))
    return format_html('<p class="small">{}</p>', text)
