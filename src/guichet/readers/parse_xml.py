"""XML → plain data. Runs in the child process only."""

from __future__ import annotations

import json
from typing import Any, Final

from lxml import etree

from guichet.readers.refused import Refused

_DEEPEST: Final = 60
_MOST_ELEMENTS: Final = 100_000
_LONGEST_TEXT: Final = 20_000  # characters kept of one text


def answer(question: dict[str, Any], body: bytes, parent: object) -> tuple[dict[str, Any], bytes]:
    """The document as JSON: [name, namespace, attributes, text, line, children]; or why not."""
    del question, parent
    try:
        return {}, json.dumps(_plain(_parsed(body), 1, [0])).encode()
    except Refused as refused:
        return {"refused": refused.code}, b""


def _parsed(data: bytes) -> Any:
    if not data.strip():
        raise Refused("xml.type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(_reason(data, error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("xml.dtd")
    return root


def _reason(data: bytes, error: Any) -> str:
    if b"<!DOCTYPE" in data[:10_000].replace(b"\0", b""):
        return "xml.dtd"
    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t").startswith(b"<"):
        return "xml.type"
    large = {etree.ErrorTypes.ERR_NAME_TOO_LONG, etree.ErrorTypes.ERR_RESOURCE_LIMIT}
    return "xml.large" if error.code in large or "xcessive depth" in str(error) else "xml.broken"


def _plain(element: Any, depth: int, count: list[int]) -> list[Any]:
    count[0] += 1
    if depth > _DEEPEST or count[0] > _MOST_ELEMENTS:
        raise Refused("xml.large")
    name = etree.QName(element)
    attributes = {etree.QName(key).localname: value[:_LONGEST_TEXT] for key, value in element.attrib.items()}
    text = " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())
    children = [_plain(child, depth + 1, count) for child in element if isinstance(child.tag, str)]
    return [name.localname, name.namespace or "", attributes, text[:_LONGEST_TEXT], element.sourceline or 0, children]
