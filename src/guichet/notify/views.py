"""The page that shows the demo's outbox. Its route exists in the demo only (config/urls.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from guichet.notify.compose import paragraphs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SHOWN: Final = 100
_REFRESH_SECONDS: Final = 5


@require_safe
def outbox_page(request: HttpRequest) -> HttpResponse:
    """The newest hundred mails and SMS that would have left; `?to=` shows one recipient's, `?auto=1` reloads itself."""
    if not settings.DEMO:
        raise Http404
    to = request.GET.get("to", "").strip()
    auto = request.GET.get("auto") == "1"
    addresses = {
        "address": _address(to=to, auto=auto),
        "auto_address": _address(to=to, auto=True),
        "manual_address": _address(to=to),
        "all_address": _address(auto=auto),
    }
    facts = {"messages_sent": _messages(to), "to": to, "auto": auto, **addresses}
    answer = render(request, "notify/outbox.html", facts)
    if auto:
        answer["Refresh"] = str(_REFRESH_SECONDS)
    return answer


def _address(*, to: str = "", auto: bool = False) -> str:
    query = {name: value for name, value in (("to", to), ("auto", "1" if auto else "")) if value}
    return f"?{urlencode(query)}"


def _messages(to: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted(Path(settings.OUTBOX).glob("*.json"), reverse=True):
        message = json.loads(file.read_text(encoding="utf-8"))
        if to in ("", message["to"]):
            more = {
                "body": paragraphs(message["text"]),
                "created_at": parse_datetime(message["created_at"]),
                "address": _address(to=message["to"]),
            }
            found.append({**message, **more})
        if len(found) == _SHOWN:
            break
    return found
