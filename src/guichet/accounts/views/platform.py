"""The platform's own entry page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.accounts import queries
from guichet.accounts.access import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """The insurers, each with a space of its own."""
    return render(request, "accounts/spaces.html", {"insurers": queries.insurers()})
