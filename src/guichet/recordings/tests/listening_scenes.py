"""What the tests of listening arrange: an archived recording, listenings, browsers with their cookie, links."""

from __future__ import annotations

import re

from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from guichet.accounts.visitor import Visitor
from guichet.recordings.actions import grants, listening
from guichet.recordings.models import GrantKind
from guichet.recordings.tests import factories
from guichet.recordings.views.stream import cookie_name

NOBODY = Visitor(ip="127.0.0.9", user_agent="Firefox")


def lengthened(recording, segments=100):
    """The same few segments again and again: ten minutes of sound out of half a minute of bytes."""
    header, *pieces = recording.segments
    whole = [piece for piece in pieces if piece[3] == 6000]
    recording.segments = [header] + [[*whole[n % len(whole)][:2], n * 6000, 6000] for n in range(segments)]
    recording.duration_ms = segments * 6000
    recording.save(update_fields=["segments", "duration_ms"])
    return recording


def begun(recording, by, ground="procedure", case="RC 12/26"):
    return listening.begin(recording, ground=ground, case_reference=case, by=by, visitor=NOBODY)


def wanted(**changes):
    known = {
        "kind": GrantKind.INSURED, "name": "Lucie Exemple", "ground": "consultation", "case_reference": "RC 12/26",
        "mobile": "+41761234567", "email": "lucie@personne.example",
    }  # fmt: skip
    return grants.Wanted(**(known | changes))


def given(recording, by, **changes):
    document = factories.signed_paper() if changes.get("kind") in {"authorised", "physician"} else None
    return grants.give(recording, wanted=wanted(**changes), document=document, by=by)


def with_cookie(client, begun_listening):
    """The browser in which this listening was begun."""
    found, token = begun_listening
    client.cookies[cookie_name(found.pk)] = token
    return client


def listener_browser(begun_listening, **options):
    return with_cookie(Client(**options), begun_listening)


def address(name, found, *more):
    return reverse(f"recordings:{name}", args=["vs", found.pk, *more])


def playlist(client, found, ticket="s"):
    """Addresses in the playlist: of the key, the header and the segments, in order."""
    text = client.get(address("playlist", found, ticket)).content.decode()
    key, header = (
        re.search(r'METHOD=AES-128,URI="([^"]+)"', text).group(1),
        re.search(r'MAP:URI="([^"]+)"', text).group(1),
    )
    return key, header, [line for line in text.splitlines() if line.startswith("/")]


def link_in(text):
    return re.search(r"http://testserver(/vs/ecouter/\S+?/)(?:\s|$)", text).group(1)


def playlist_or_none(client, found):
    """The segments' addresses; none of a listening that is over."""
    return playlist(client, found)[2] if client.get(address("playlist", found, "s")).status_code == 200 else []


def refusing_audit(execute, statement, params, many, context):
    if "INTO audit.entry" in str(statement):
        raise DatabaseError("audit is down")
    return execute(statement, params, many, context)
