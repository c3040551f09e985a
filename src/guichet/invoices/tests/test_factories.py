"""The states everybody's tests start from."""

from __future__ import annotations

import pytest

from guichet.invoices.states import Status
from guichet.invoices.tests import factories

FROM_THE_OFFICE = {
    "opened": Status.IN_REVIEW,
    "to_correct": Status.TO_CORRECT,
    "refused": Status.REFUSED,
    "accepted": Status.ACCEPTED,
}


@pytest.mark.parametrize("code", [factories.OTHER, factories.TRAVEL])
def test_a_draft_of_every_form_can_be_sent(anna, code):
    assert factories.sent(by=anna, code=code).status == Status.IN_REVIEW


@pytest.mark.parametrize(("name", "status"), FROM_THE_OFFICE.items())
def test_every_state_is_reached_by_the_real_actions(anna, desk, name, status):
    assert getattr(factories, name)(by=anna, agent=desk.agent).status == status


def test_a_withdrawn_invoice_is_reached_too(anna):
    assert factories.withdrawn(by=anna).status == Status.WITHDRAWN


def test_the_picture_is_taken_as_an_attachment(anna):
    invoice = factories.draft(by=anna, attached=False)
    assert factories.attachment(invoice, by=anna, data=factories.PNG, name="photo.png").media_type == "image/png"
