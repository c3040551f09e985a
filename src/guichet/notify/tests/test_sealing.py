from __future__ import annotations

from uuid import uuid4

import pytest

from guichet.notify.sealing import Unreadable, recipient_hash, recipient_hashes, seal, unseal

CONTENT = {"to": "anna@institution.example", "text": "Bonjour"}


def test_seal_opens_for_its_own_item_only():
    item = uuid4()
    blob = seal(CONTENT, insurer_id=1, item_id=item)
    assert unseal(blob, insurer_id=1, item_id=item) == CONTENT
    with pytest.raises(Unreadable):
        unseal(blob, insurer_id=2, item_id=item)
    with pytest.raises(Unreadable):
        unseal(blob, insurer_id=1, item_id=uuid4())


def test_seal_hides_its_content_and_never_repeats_itself():
    item = uuid4()
    first, second = (seal(CONTENT, insurer_id=1, item_id=item) for _ in range(2))
    assert first != second
    assert first.find(b"anna") == -1


@pytest.mark.parametrize("blob", [b"", b"short", b"x" * 60])
def test_unseal_refuses_nonsense(blob):
    with pytest.raises(Unreadable):
        unseal(blob, insurer_id=1, item_id=uuid4())


def test_unseal_still_opens_after_the_key_changed(settings):
    item = uuid4()
    blob = seal(CONTENT, insurer_id=1, item_id=item)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "y" * 50
    with pytest.raises(Unreadable):
        unseal(blob, insurer_id=1, item_id=item)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(blob, insurer_id=1, item_id=item) == CONTENT


def test_recipient_hash_ignores_case_and_survives_a_new_key(settings):
    before = recipient_hash("Anna@Institution.example ")
    assert before == recipient_hash("anna@institution.example")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50
    assert recipient_hashes("anna@institution.example")[1] == before
