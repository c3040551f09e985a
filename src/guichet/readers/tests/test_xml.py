"""XML becomes plain data; DTDs, entities, depth and size are refused."""

from __future__ import annotations

import pytest

from guichet import readers
from guichet.readers import Unreadable


def refusal(data):
    with pytest.raises(Unreadable) as caught:
        readers.xml(data)
    assert caught.value.text
    return caught.value.code


@pytest.mark.proves("INV-12")
def test_names_attributes_texts_and_lines():
    root = readers.xml(b'<x:a xmlns:x="urn:x" b=" 1 ">\n<x:c>  some \n text </x:c><!-- no --><x:c x:d="2"/></x:a>')
    assert (root.name, root.namespace, root.get("b"), root.get("none")) == ("a", "urn:x", "1", "")
    assert [(child.name, child.text, child.line, child.get("d")) for child in root.children] == [
        ("c", "some text", 2, ""),
        ("c", "", 3, "2"),
    ]
    assert (root.words("c"), root.first("c", "d"), len(list(root.everywhere("c")))) == ("some text", None, 2)


@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "xml.type"),
        (b"hello", "xml.type"),
        (b"%PDF-1.7", "xml.type"),
        (b"<a><b></a>", "xml.broken"),
        (b"<!DOCTYPE a SYSTEM 'http://127.0.0.1/x.dtd'><a/>", "xml.dtd"),
        (b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "xml.dtd"),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>".encode("utf-16"), "xml.dtd"),
        (
            b"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>"
            + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><l x='&j;'>&j;</l>",
            "xml.dtd",
        ),
        (b"<a>" * 100 + b"</a>" * 100, "xml.large"),
        (b"<a>" * 100_000, "xml.large"),
        (b"<a>" + b"<b/>" * 100_001 + b"</a>", "xml.large"),
    ],
)
def test_hostile_documents_are_refused(data, code):
    assert refusal(data) == code
