"""Public verification of a receipt: whether it is genuine, never what it says (FRM-06)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.accounts.access import public
from guichet.invoices.models import InvoiceVersion
from guichet.ui.forms import FieldView

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}")


@public
@require_safe
def verify_form(request: SpaceRequest, slug: str) -> HttpResponse:
    """Where a code is typed if the QR code cannot be read."""
    typed = "".join(request.GET.get("code", "")[:40].upper().split()).replace("-", "")
    if typed:
        code = "-".join(typed[start : start + 4] for start in range(0, len(typed), 4))
        if not _CODE.fullmatch(code):
            return verify(request, slug, code)
        return HttpResponseRedirect(reverse("invoices:verify", args=[slug, code]))
    return render(request, "invoices/verify.html", {"field": _field("")})


@public
@require_safe
def verify(request: SpaceRequest, slug: str, code: str) -> HttpResponse:
    """Genuine or unknown; number, moment and content hash, which the paper shows too."""
    del slug
    found = None
    if _CODE.fullmatch(code):
        found = InvoiceVersion.objects.select_related("case").filter(receipt_code=code).first()
    return render(
        request,
        "invoices/verify.html",
        {"version": found, "asked": True, "field": _field(code if found else code[:40])},
        status=HTTPStatus.OK if found else HTTPStatus.NOT_FOUND,
    )


def _field(value: str) -> FieldView:
    return FieldView(
        name="code",
        label=_("Code de vérification"),
        hint=_("Seize signes, par exemple K7QM-2WXP-9DRT-HN4C."),
        value=value,
        width="medium",
    )
