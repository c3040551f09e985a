"""« Are you sure? » before what cannot be undone: the page asks in a dialog, without JavaScript a page does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """The question, what will happen in words, and the act that the button names."""

    title: str | Promise
    text: str | Promise
    act: str | Promise


def answered(request: HttpRequest) -> bool:
    """Whether the person was asked and said yes."""
    return request.POST.get("sure") == "1"


def ask(request: HttpRequest, sure: Sure, *, back: str) -> HttpResponse:
    """A page that asks, keeping what was sent; its button sends it again with the yes.

    `back` is where no leads, and another language too: the act's own address shows nothing to who comes by a link.
    """
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    return render(request, "ui/sure.html", {"sure": sure, "back": back, "kept": kept, "path": back})
