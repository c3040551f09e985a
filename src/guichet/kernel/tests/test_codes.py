"""The catalogue is complete: every code the kernel can raise has words, and every parameter in them is given."""

import ast
import string
from pathlib import Path

import pytest

from guichet.kernel import codes
from guichet.kernel.codes import MESSAGES, message
from guichet.kernel.findings import Invalid
from guichet.kernel.formats import TODAY, VECTORS, canonical

KERNEL = Path(codes.__file__).parent
RAISED_BY_FORMS = {"number.whole", "text.missing"}
READERS = {
    "simplified": ("missing", "format"),
    "compact": ("missing", "format"),
    "digits_only": ("missing", "format", "length"),
}
KINDS_OF_MONEY = ("amount", "number")  # read with the same patterns: the codes there begin with {kind}


def calls():
    for path in KERNEL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path.stem, node.func.id, node.args, node.keywords


def written(argument: ast.expr) -> str:
    """A literal, or an f-string with its names in braces."""
    if isinstance(argument, ast.JoinedStr):
        return ast.unparse(argument)[2:-1]
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def expanded(module, code):
    if module == "money" and code.startswith("{kind}"):
        return {code.replace("{kind}", kind) for kind in KINDS_OF_MONEY}
    return set() if code.startswith("{kind}") else {code}


def codes_in_source():
    found = set()
    for module, name, arguments, _keywords in calls():
        if name in {"Invalid", "Finding"} and module != "findings":
            found |= expanded(module, written(arguments[0]))
        if name in READERS and (kind := written(arguments[1])):
            found |= {f"{kind}.{ending}" for ending in READERS[name]}
    return found


def test_every_code_has_words_and_no_words_are_left_over():
    assert set(MESSAGES) == codes_in_source() | RAISED_BY_FORMS


def test_every_parameter_of_a_message_is_given_where_it_is_raised():
    given: dict[str, list[set[str | None]]] = {}
    for module, name, arguments, keywords in calls():
        if name == "Invalid" and arguments and module != "findings":
            for code in expanded(module, written(arguments[0])):
                given.setdefault(code, []).append({keyword.arg for keyword in keywords})
    lacking = {
        code: sorted(asked - names)
        for code, sets in given.items()
        for names in sets
        if (asked := {field for _text, field, _spec, _conversion in string.Formatter().parse(MESSAGES[code]) if field})
        - names
    }
    assert lacking == {}


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if vector.error], ids=lambda vector: vector.error)
def test_message_can_be_written_for_every_refusal_of_the_table(vector):
    with pytest.raises(Invalid) as refused:
        canonical(vector.kind, vector.input, today=TODAY)
    text = message(refused.value.code, refused.value.params)
    assert text[0].isupper() or text[0] == "«"
    assert text[-1] == "."
    assert "{" not in text


def test_message_tells_what_to_do():
    assert message("date.format") == "Saisissez une date au format jj.mm.aaaa, par exemple 05.11.2026."
