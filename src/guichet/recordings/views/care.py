"""The care of the archive, and what a space says about security (REC-16, REC-17, REC-23)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import public, staff
from guichet.recordings import letters
from guichet.recordings.actions import security as acts
from guichet.recordings.errors import Incomplete
from guichet.recordings.forms_insured import SecurityForm
from guichet.recordings.models import SecurityStatement
from guichet.recordings.queries import custody

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest


@staff(right="records")
@require_safe
def care(request: SpaceRequest, slug: str) -> HttpResponse:
    """Damaged files, holds, decisions in force."""
    del slug
    context = {"care": custody.care(request.actor), "nights": request.insurer.setting("integrity_days")}
    return render(request, "recordings/archive/care.html", context)


@public
@require_safe
def security(request: SpaceRequest, slug: str) -> HttpResponse:
    """Where the data are, by which standards, who looked last."""
    del slug
    found = SecurityStatement.objects.filter(insurer=request.insurer).first()
    language = "de" if (get_language() or "fr")[:2] == "de" else "fr"
    said = {name: getattr(found, f"{name}_{language}") for name in ("place", "standards", "review")} if found else {}
    context = {"said": said, "statement": found, "regions": settings.REGIONS}
    return render(request, "recordings/public/security.html", context)


@staff(roles=frozenset({"administrator"}))
@require_http_methods(["GET", "HEAD", "POST"])
def state_security(request: SpaceRequest, slug: str) -> HttpResponse:
    """An administrator changes the public word."""
    found = SecurityStatement.objects.filter(insurer=request.insurer).first()
    known = {name: getattr(found, name) for name in SecurityForm.base_fields} if found else {}
    if known.get("review_on"):
        known["review_on"] = f"{known['review_on']:%d.%m.%Y}"
    form = SecurityForm(request.POST or None, initial=known)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                acts.state(said=form.cleaned_data, by=request.actor)
            except Incomplete as missing:
                form.refuse(dict.fromkeys(missing.missing, _("Écrivez ce texte dans les deux langues.")))
            else:
                messages.success(request, _("La page « Sécurité » est à jour."))
                return redirect("recordings:security", slug)
    return render(
        request, "recordings/public/security_form.html", {"form": form, "errors": form.summary}, status=status
    )


@public
@require_safe
def other_ways(request: SpaceRequest, slug: str) -> HttpResponse:
    """No other way is taken: what to do with what arrives by mail, on a stick, by e-mail (REC-17)."""
    del slug
    hours = letters.hotline_hours((get_language() or "fr")[:2])
    return render(request, "recordings/public/other_ways.html", {"hotline": letters.HOTLINE, "hotline_hours": hours})


@public
@require_safe
def letter(request: SpaceRequest, slug: str) -> HttpResponse:
    """The template of the letter that sends it back, in the language of the page."""
    del slug
    language = "de" if (get_language() or "fr")[:2] == "de" else "fr"
    response = HttpResponse(letters.sent_back(request.insurer, language=language), content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename="lettre-autre-voie.pdf") or ""
    )
    return response
