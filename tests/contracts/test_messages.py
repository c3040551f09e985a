"""Everything the interface says is said in German as well, and the compiled catalogue is the committed one."""

import polib
import pytest

from guichet.config import messages

pytestmark = pytest.mark.parametrize("language", messages.LANGUAGES)


def test_every_message_is_in_the_catalogue(language):
    book = messages.catalogue(language)
    known = {messages.Message(entry.msgid, entry.msgid_plural, entry.msgctxt or "") for entry in book}
    assert sorted(set(messages.collect()) ^ known) == []


def test_every_message_is_translated(language):
    assert messages.untranslated(messages.catalogue(language)) == []


def test_every_translation_has_the_placeholders_of_its_source(language):
    assert messages.broken(messages.catalogue(language)) == []


def test_compiled_catalogue_is_the_written_one(language):
    path = messages.LOCALE / language / "LC_MESSAGES" / "django.mo"
    assert path.is_file()
    compiled = {(entry.msgctxt, entry.msgid): _forms(entry) for entry in polib.mofile(str(path))}
    book = messages.catalogue(language)
    assert compiled == {(entry.msgctxt, entry.msgid): _forms(entry) for entry in book.translated_entries()}


def test_german_is_swiss(language):
    assert [entry.msgid for entry in messages.catalogue(language) if "ß" in str(_forms(entry))] == []


def _forms(entry):
    return dict(entry.msgstr_plural) if entry.msgid_plural else entry.msgstr
