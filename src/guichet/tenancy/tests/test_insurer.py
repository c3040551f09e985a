"""An insurer says its own facts in the language of the page."""

import pytest
from django.utils import translation

from guichet.tenancy.models import Insurer


@pytest.mark.parametrize(
    ("address", "language", "said"),
    [
        ({"town": "Berne", "town_de": "Bern"}, "de", "Bern"),
        ({"town": "Berne", "town_de": "Bern"}, "fr", "Berne"),
        ({"town": "Sion"}, "de", "Sion"),
        ({}, "fr", ""),
    ],
)
def test_town_has_its_name_of_the_language(address, language, said):
    with translation.override(language):
        assert Insurer(address=address).town_said == said
