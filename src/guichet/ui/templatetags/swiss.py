"""Swiss ways of writing, icons and fields for templates. A built-in library: no `{% load %}` needed.

The filters accept None and "" (nothing is printed) and print a value they cannot read as it stands: a page
shows what is stored, it does not check it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from guichet.kernel import bank, dates, identifiers, money, phone
from guichet.ui.forms import FieldView, are_narrowed, from_django

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

register = template.Library()

STATUS_ICONS: Final = {
    "draft": "pencil",
    "in_review": "clock",
    "awaiting_second": "clock",
    "to_correct": "arrow-return-left",
    "accepted": "check-circle",
    "transmitted": "send",
    "paid": "check-circle-fill",
    "rejected": "x-octagon",
    "refused": "x-circle",
    "withdrawn": "slash-circle",
    "requested": "clock",
    "closed": "lock",
    "analysing": "hourglass-split",
    "clean": "check-circle",
    "ok": "check-circle",
    "not_scanned": "shield-exclamation",
    "attention": "exclamation-triangle",
    "infected": "x-octagon",
    "error": "x-octagon",
    "uploading": "hourglass-split",
    "deposited": "pencil",
    "sent": "send",
    "archived": "check-circle",
    "replaced": "arrow-return-left",
    "forwarded": "send",
    "destruction_asked": "exclamation-triangle",
    "destroyed": "x-octagon",
    "waived": "slash-circle",
    "asked_again": "arrow-return-left",
    "asked": "clock",
    "making": "hourglass-split",
    "ready": "check-circle",
    "handed": "check-circle-fill",
    "over": "trash",
    "failed": "x-octagon",
}
"""Icon of each status; anything else gets a circle."""

NOTICE_ICONS: Final = {
    "info": "info-circle",
    "success": "check-circle",
    "attention": "exclamation-triangle",
    "error": "exclamation-octagon",
}


def _as_written(value: object, form: Callable[[Any], str]) -> str:
    if value is None or value == "":
        return ""
    try:
        return form(value)
    except (ValueError, TypeError, ArithmeticError):
        return str(value)


@register.filter
def chf(value: Decimal | int | None) -> str:
    """1234.5 → 1'234.50. The currency stands in the column's head or before it by `<c-amount>`."""
    return _as_written(value, money.format_amount)


@register.filter
def number(value: Decimal | int | None) -> str:
    """12345 → 12'345; decimals stay as they are."""
    return _as_written(value, money.format_number)


@register.filter
def swissdate(value: date | datetime | None) -> str:
    """22.11.2026, in Zurich if it is a moment."""
    if isinstance(value, datetime):
        return dates.format_date(dates.zurich_date(value))
    return dates.format_date(value) if isinstance(value, date) else _as_written(value, str)


@register.filter
def swisstime(value: time | datetime | None) -> str:
    """14:32, in Zurich if it is a moment."""
    if isinstance(value, datetime):
        return dates.format_datetime(value)[-5:]
    return dates.format_time(value) if isinstance(value, time) else _as_written(value, str)


@register.filter
def swisswhen(value: datetime) -> str:
    """« à 14:32 », or « le 23.11.2026 à 14:32 » if that is not today in Zurich: an hour alone would be today's."""
    at = {"day": swissdate(value), "time": swisstime(value)}
    if dates.zurich_date(value) == dates.zurich_date(timezone.now()):
        return gettext("à {time}").format(**at)
    return gettext("le {day} à {time}").format(**at)


@register.filter
def swissdatetime(value: datetime | None) -> str:
    """22.11.2026 14:32 in Zurich."""
    return _as_written(value, dates.format_datetime) if isinstance(value, datetime) else swissdate(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A <time> element: 22.11.2026 14:32, with the exact instant for machines."""
    if not isinstance(value, datetime):
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), swissdatetime(value))


@register.filter
def avs(value: str | None) -> str:
    """756.1234.5678.97."""
    return _as_written(value, identifiers.format_avs)


@register.filter
def avs_masked(value: str | None) -> str:
    """756.••••.••••.97, for screens others may look at and for mails."""
    return _as_written(value, identifiers.mask_avs)


@register.filter
def gln(value: str | None) -> str:
    """7601 0000 0000 9: as the kernel groups it."""
    return _as_written(value, identifiers.format_gln)


@register.filter
def iban(value: str | None) -> str:
    """CH93 0076 2011 6238 5295 7."""
    return _as_written(value, bank.format_iban)


@register.filter(name="phone")
def phone_number(value: str | None) -> str:
    """+41 79 123 45 67."""
    return value if value and not value.startswith("+") else _phone(value or "")


@lru_cache(maxsize=512)
def _phone(value: str) -> str:
    try:
        return phone.format_phone(value) if value else ""
    except Exception:  # noqa: BLE001 - the library's own errors; a page shows what is stored
        return value


@register.filter
def filesize(value: int | None) -> str:
    """Decimal units with the French comma: 812 o, 340 ko, 1,4 Mo (German: B, kB, MB)."""
    if value is None:
        return ""
    units = [gettext("o"), gettext("ko"), gettext("Mo"), gettext("Go")]
    size, step = float(value), 0
    while size >= 999.5 and step < len(units) - 1:
        size, step = size / 1000, step + 1
    digits = f"{size:.1f}".replace(".", ",").removesuffix(",0") if step > 1 and size < 10 else f"{size:.0f}"
    return f"{digits}\N{NO-BREAK SPACE}{units[step]}"


@register.filter
def status_icon_name(value: str) -> str:
    """The icon's name of a status."""
    return STATUS_ICONS.get(value, "circle")


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("ui/icons.svg")


@register.simple_tag
def icon(name: str, label: object = "", size: str = "") -> SafeString:
    """An icon of the sprite. Hidden from assistive technology unless `label` gives it words."""
    return _icon(name, str(label), f"icon icon--{size}" if size else "icon")


@lru_cache(maxsize=1024, typed=True)  # a safe text is another one than the same text unsafe
def _icon(name: str, label: str, classes: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', classes, label, _sprite(), name
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name)


@register.simple_tag
def status_icon(value: str) -> SafeString:
    """The icon that goes with a status word."""
    return icon(STATUS_ICONS.get(value, "circle"))


@register.simple_tag
def status(value: str, word: object) -> SafeString:
    """A status: icon and word. Fast enough for the rows of a list."""
    return _status(value, str(word))


@lru_cache(maxsize=256, typed=True)
def _status(value: str, word: str) -> SafeString:
    return format_html('<span class="status status--{}">{}{}</span>', value, status_icon(value), word)


@register.simple_tag
def script_words() -> SafeString:
    """What the scripts say: the same on every page of a language (`ui/words.html`)."""
    return _script_words(get_language() or "")


@lru_cache(maxsize=8)
def _script_words(_language: str) -> SafeString:
    return SafeString(get_template("ui/words.html").render())


@register.simple_tag
def mark(insurer: Any) -> SafeString:
    """The insurer's sign: its letters on its own accent, wherever the page's accent is another."""
    return format_html(
        '<span class="brand__mark" aria-hidden="true"><svg viewBox="0 0 1 1" preserveAspectRatio="none">'
        '<path fill="{}" d="M0 0h1v1H0z"/></svg><span>{}</span></span>',
        insurer.accent,
        insurer.number_prefix,
    )


@register.filter
def notice_icon(tone: str) -> str:
    """The icon's name of a notice."""
    return NOTICE_ICONS.get(tone, "info-circle")


@register.filter
def narrowed(filters: Iterable[FieldView] | None) -> bool:
    """Whether a list's filters leave something out: only then there is something to clear."""
    return are_narrowed(filters or ())


@register.filter
def message_tone(level: str) -> str:
    """Django's message level as one of our four meanings."""
    return {"success": "success", "warning": "attention", "error": "error"}.get(level, "info")


@register.simple_tag
def amount(value: Decimal | int | None, unit: str = "CHF", total: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """CHF 1'234.50, the currency in grey; `total=True` in the size of a sum."""
    if value is None:
        return mark_safe("")
    classes = "amount amount--total" if total else "amount"
    return format_html('<span class="{}"><span class="amount__unit">{}</span>{}</span>', classes, unit, chf(value))


@register.simple_tag(name="field")
def field_tag(field: Any, **changes: Any) -> SafeString:
    """One question with label, hint, control and errors: a `FieldView` or a Django bound field."""
    view = field if isinstance(field, FieldView) else from_django(field, **changes)
    return SafeString(get_template("ui/field.html").render({"field": view, "bare": False}))


@register.simple_tag(name="control")
def control_tag(field: Any) -> SafeString:
    """The bare control of a question, for cells of a table: its label is there for those who hear the page."""
    view = field if isinstance(field, FieldView) else from_django(field)
    return SafeString(get_template("ui/control.html").render({"field": replace(view, hint=""), "bare": True}))


@register.simple_tag(takes_context=True)
def querystring_with(context: template.Context, **changes: Any) -> str:
    """The query of this page with some parameters changed; None or "" removes one. `?page` markers of the keyset
    (`after`, `before`) are dropped unless they are what changes.
    """
    request = context["request"]
    query = request.GET.copy()
    for marker in ("after", "before"):
        query.pop(marker, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
