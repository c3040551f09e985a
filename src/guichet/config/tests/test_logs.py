"""A link that is refused, or asked for too often, does not stand in the log."""

import io
import logging
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from guichet.accounts import throttles
from guichet.accounts.tokens import new_token
from guichet.recordings.tests import factories

KEPT = [f"/vs/depots/{uuid.UUID(int=7)}/etat/", "/vs/bureau/enregistrements/", "un message sans adresse"]


@pytest.fixture
def written(settings):
    """What a handler writes that has the filters of the configured ones."""
    stream, logger = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    for name in {name for one in settings.LOGGING["handlers"].values() for name in one["filters"]}:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


@pytest.mark.proves("SEC-06", "REC-20")
def test_secret_of_a_link_is_not_written(db, written):
    factories.insurer()
    token = new_token()
    throttled = throttles.LINK_ADDRESS
    for _ in range(throttled.limit):
        throttles.take(throttled, "127.0.0.1")
    for name in ("recordings:listen_link", "accounts:invitation", "accounts:reset"):
        assert Client().get(reverse(name, args=["vs", token])).status_code in {404, 410, 429}
    said = written()
    assert (token in said, said.count("/vs/ecouter/…/")) == (False, 1)


@pytest.mark.parametrize("line", KEPT)
def test_other_lines_are_written_as_they_are(written, line):
    logging.getLogger("guichet.essai").warning("%s", line)
    assert written() == f"{line}\n"
