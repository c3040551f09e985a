"""Every page of a space belongs to a section of its menu: somebody signed in always sees where they are."""

import re
from pathlib import Path

import pytest

from guichet.ui.navigation import section

LISTING = Path(__file__).with_name("routes.txt")
# Answers that are no page of a section, each with its reason.
NOWHERE = {
    "accounts:keepalive": "answers a script",
    "accounts:logout": "leaves",
    "accounts:accept_terms": "asks before anything else of the space is open",
}


def _routes():
    """(path with something in the place of each part, name), without what is open to everybody."""
    for line in LISTING.read_text().splitlines():
        pattern, rest = re.split(r"(?<=\S)\s+", line, maxsplit=1)
        name, owner = rest.split(maxsplit=1)
        if owner != "public":
            yield re.sub(r"<[^>]+>", "x", pattern.replace("<slug:slug>", "vs", 1)), name


def test_every_page_has_its_section():
    lost = {name for path, name in _routes() if not section(path, slug="vs")}
    assert lost - NOWHERE.keys() == set()


@pytest.mark.parametrize(
    ("path", "of"),
    [
        ("/vs/bureau/factures/x/", "/vs/bureau/"),
        ("/vs/bureau/decisions/importer/", "/vs/bureau/decisions/"),
        ("/vs/bureau/paiements/reponses/x/", "/vs/bureau/paiements/"),
        ("/vs/bureau/mandats/x/destruction/", "/vs/bureau/mandats/"),
        ("/vs/bureau/acces/x/", "/vs/bureau/enregistrements/"),
        ("/vs/bureau/destructions/x/", "/vs/bureau/enregistrements/"),
        ("/vs/bureau/representations/x/", "/vs/bureau/representations/"),
        ("/vs/administration/collaborateurs/nouveau/", "/vs/administration/collaborateurs/"),
        ("/vs/depots/x/", "/vs/mandats/"),
        ("/vs/mes-enregistrements/x/", "/vs/mes-enregistrements/"),
        ("/vs/factures/x/saisie/", "/vs/guichet/"),
        ("/vs/mon-compte/portable/code/", "/vs/mon-compte/"),
    ],
)
def test_section_of_a_page(path, of):
    assert section(path, slug="vs") == of
