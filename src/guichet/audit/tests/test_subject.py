import pytest

from guichet.audit.subject import reference, references


@pytest.mark.proves("AUD-01", "SEC-06")
@pytest.mark.parametrize("spelling", ["756.9999.0000.02", "7569999000002", " 756 9999 0000 02 ", "756-9999-0000-02"])
def test_subject_every_spelling_has_one_reference(spelling):
    assert reference(spelling, insurer_id=1) == reference("756.9999.0000.02", insurer_id=1)


def test_subject_reference_is_short_hexadecimal_and_says_nothing():
    found = reference("756.9999.0000.02", insurer_id=1)
    assert len(found) == 32
    assert int(found, 16) > 0


def test_subject_differs_by_insurer_and_by_person():
    people = [reference(subject, insurer_id=insurer) for subject in ("7569999000002", "a") for insurer in (1, 2, None)]
    assert len(set(people)) == 6


def test_subject_nobody_has_no_reference():
    assert reference(" .-", insurer_id=1) == ""


@pytest.mark.proves("SEC-05")
def test_subject_is_found_again_after_the_key_was_rotated(settings):
    before = reference("756.9999.0000.02", insurer_id=1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert references("756.9999.0000.02", insurer_id=1) == [reference("7569999000002", insurer_id=1), before]
