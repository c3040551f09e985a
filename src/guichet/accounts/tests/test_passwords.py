"""Argon2id with OWASP's parameters, and what may be a password (ASVS 6.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.accounts import passwords

GOOD = "sapin-lampion-verger-4711"


@pytest.fixture(autouse=True)
def _the_real_hasher(settings, _doors):
    settings.PASSWORD_HASHERS = ["guichet.accounts.passwords.OwaspArgon2"]


@pytest.mark.proves("ACC-04")
def test_password_is_stored_as_argon2id_with_owasp_parameters():
    assert passwords.hashed(GOOD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_password_is_recognised_and_no_other():
    encoded = passwords.hashed(GOOD)
    assert (passwords.verify(GOOD, encoded), passwords.verify(GOOD + "x", encoded)) == (True, False)


@pytest.mark.parametrize("encoded", ["", "!", "argon2id$nonsense"])
def test_nobody_has_the_password_of_an_account_without_one(encoded):
    assert passwords.verify(GOOD, encoded) is False


def test_password_is_the_same_however_its_accents_are_typed():
    assert passwords.verify("cle\u0301mentine-rivage", passwords.hashed("cl\u00e9mentine-rivage"))


def test_too_long_input_is_wrong_without_a_hash(settings):
    settings.PASSWORD_HASHERS = ["guichet.accounts.tests.test_guessing.CountingHasher"]
    from guichet.accounts.tests.test_guessing import HASHES

    HASHES.clear()
    assert passwords.verify("x" * 1_000_000, "") is False
    assert HASHES == []


@given(st.text(st.characters(categories=["Ll", "Nd"], max_codepoint=0x24F), min_size=12, max_size=128))
def test_password_needs_no_composition(password):
    """Whatever is refused is refused for being common or too simple, never for missing signs."""
    refused = passwords.problems(password)
    assert all("courant" in text or "numérique" in text or "ne contient pas" in text for text in refused)


@pytest.mark.parametrize("length,refused", [(11, True), (12, False), (128, False), (129, True)])
def test_password_has_twelve_to_hundred_twenty_eight_characters(length, refused):
    text = ("zq8xk2vw9rtp" * 11)[:length] if length <= 12 else "zq8xk2vw9rtp" + "mangue-" * 20
    assert bool(passwords.problems(text[:length])) is refused


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "abcabcabcabc", "aaaaaaaaaaaaaa", "123456789012", "abcdefghijklm", "password123456!"],
)
def test_common_passwords_made_longer_are_refused(password):
    assert passwords.problems(password) != []


@pytest.mark.parametrize(
    "password", ["Guichet-secret-1", "mon-OAI-prefere", "anne.dupont-2026", "melezes-melezes1", "meine-MÉLÈZES-77"]
)
def test_words_anybody_would_try_are_refused(password):
    assert passwords.problems(password, context=["Anne.Dupont@x.example", "Fondation Les Mélèzes"]) != []
