"""French is the source language: what the code says is what people read, whatever other catalogues hold."""

import pytest
from django.utils import translation

from guichet.config import messages


@pytest.mark.proves("UIX-01")
def test_french_says_what_the_code_says():
    with translation.override("fr"):
        changed = [
            message.text
            for message in messages.collect()
            if not message.context and not message.plural and translation.gettext(message.text) != message.text
        ]
    assert changed == []
