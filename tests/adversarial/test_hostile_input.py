"""Whatever is typed into an address or a form gets a 4xx or a page, never a 500 (D10, D12, D13, H02, H05, C20)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from tests.adversarial.routes import ROUTES

pytestmark = [pytest.mark.proves("SEC-02"), pytest.mark.xdist_group("hostile")]

FORM = "application/x-www-form-urlencoded"
QUESTIONS = {
    "invoices:counter": ("responsable", "beneficiaire", "statut", "after", "before", "tri", "page"),
    "invoices:beneficiaries": ("nom", "numero", "after"),
    "invoices:desk_queue": ("statut", "recherche", "after", "before"),
    "invoices:verify_form": ("code",),
    "invoices:pdf": ("version",),
    "invoices:preview": ("largeur",),
    "invoices:sent": ("deja",),
    "accounts:login": ("next",),
    "accounts:step_up": ("next",),
    "outbox": ("to", "auto"),
}
VALUES = {
    "sql": "' OR 1=1;--",
    "wildcards": "%" * 500,
    "huge number": "9" * 5000,
    "float": "1e309",
    "other digits": "٣٤",
    "nul": "a\x00b",
    "controls": "\x01\x1b[31m\r\nX-Header: 1\u202e\u2028",
    "slash": "a/b/../c",
    "markup": "{{ 7*7 }}<img src=x onerror=alert(1)>",
    "long": "é" * 3_000,
}
WORST = ("nul", "controls", "huge number", "markup", "long")
MORE_VALUES = {
    "underscore": "_",
    "page": str(10**9),
    "negative": "-1",
    "dots": "..",
    "orm": "user__password",
    "emoji": "🎉" * 100,
    "base64": "bnVsbA==",
    "not a moment": "WyIyMDI2IiwgInh4eCJd",
    "time without zone": "WyIyMDI2LTAxLTAxIiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd",
    "last moment": "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd",
}
READ = [name for name, route in ROUTES.items() if route.get]
WRITTEN = [name for name, route in ROUTES.items() if route.post]
FIELDS = [
    "email",
    "password",
    "again",
    "current",
    "code",
    "kind",
    "company",
    "gln",
    "uid",
    "zsr",
    "nif",
    "street",
    "house_no",
    "postcode",
    "town",
    "phone",
    "country",
    "first_name",
    "last_name",
    "mobile",
    "terms",
    "role",
    "rights",
    "iban",
    "holder",
    "label",
    "reason",
    "language",
    "next",
    "token",
    "draft_no",
    "do",
    "version",
    "message",
    "beneficiary",
    "account",
    "decision",
    "period_from",
    "period_to",
    "service",
    "supplier_number",
    "supplier_date",
    "motive",
    "back",
    "birth_date",
    "sex",
    "avs_number",
    "payment_reference",
    "decision-0-number",
    "decision-0-description",
    "lines-0-description",
    "lines-0-quantity",
    "lines-0-unit",
    "lines-0-price",
    "trips-0-on",
    "trips-0-kilometres",
    "trips-0-times",
    "trips-0-departure",
    "subject",
    "actor",
    "object_id",
    "since",
    "until",
    "after",
    "answer:x",
    "pin:lines-0",
    "add_decision",
]


def address(world, name):
    return reverse(name, kwargs=ROUTES[name].arguments(world, "vs"))


def status_of(world, name, **request):
    """One request; whatever it changes is undone. A view that raises is a 500."""
    client = world.client(ROUTES[name].owner)
    client.raise_request_exception = False
    with transaction.atomic():
        response = getattr(client, request.pop("method"))(**request)
        transaction.set_rollback(True)
    if response.streaming:
        b"".join(response.streaming_content)  # a stream nobody reads keeps its file
    return response.status_code


@pytest.mark.parametrize("label", WORST)
def test_hostile_parameters_are_a_page_or_a_refusal(world, label):
    query = "&".join(
        f"{key}={quote(VALUES[label])}" for key in {name for names in QUESTIONS.values() for name in names}
    )
    failed = [
        name
        for name in READ
        if status_of(world, name, method="get", path=f"{address(world, name)}?{query}&{query}") >= 500
    ]
    assert failed == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_hostile_parameter_alone(world, name):
    """Together they may hide one another: a page that stops at the first never meets the second."""
    failed = [
        (parameter, label)
        for parameter in QUESTIONS[name]
        for label, value in {**VALUES, **MORE_VALUES}.items()
        if status_of(world, name, method="get", path=f"{address(world, name)}?{parameter}={quote(value)}") >= 500
    ]
    assert failed == []


@pytest.mark.parametrize("raw", ["%00", "%ff%fe", "%ed%a0%80", "%", "a" * 10_000, "=&=&=", "%5b%5d[]", ";;;"])
def test_bytes_that_are_no_text_in_the_query(world, raw):
    for name, parameters in QUESTIONS.items():
        query = "&".join(f"{parameter}={raw}" for parameter in parameters)
        path = address(world, name)
        assert (name, status_of(world, name, method="get", path=path, QUERY_STRING=f"{query}&{raw}") < 500) == (
            name,
            True,
        )


@pytest.mark.parametrize("name", WRITTEN)
def test_hostile_fields_are_a_page_or_a_refusal(world, name):
    failed = [
        label
        for label, value in VALUES.items()
        if label in WORST
        and status_of(world, name, method="post", path=address(world, name), data=dict.fromkeys(FIELDS, value)) >= 500
    ]
    assert failed == []


@pytest.mark.parametrize(
    "label", [*["sql", "nul", "controls", "markup", "long"], "huge number", "other digits", "float"]
)
def test_hostile_fields_of_a_draft_that_is_not_stale(world, label):
    """With the right number of the draft the values are read, saved, computed and shown again."""
    data = dict.fromkeys(FIELDS, VALUES[label]) | {"draft_no": str(world.ids["draft_no"])}
    for do in ("save", "check", "add:lines", "remove:lines:0", VALUES[label]):
        for name in ("invoices:entry", "invoices:autosave"):
            status = status_of(world, name, method="post", path=address(world, name), data=data | {"do": do})
            assert (name, do, status < 500) == (name, do, True)
    for do in ("accept", "correct", "refuse"):
        data |= {"do": do, "version": "1"}
        status = status_of(world, "invoices:decide", method="post", path=address(world, "invoices:decide"), data=data)
        assert (do, status < 500) == (do, True)


BODIES = {
    "deep json": ("application/json", b'{"a": ' * 10_000),
    "text": ("text/plain", b"a=b"),
    "broken multipart": ("multipart/form-data; boundary=x", b"--y\r\nnonsense"),
    "no boundary": ("multipart/form-data", b""),
    "long boundary": (f"multipart/form-data; boundary={'x' * 1000}", b"--x\r\n"),
    "1.2 MB": (FORM, b"a=" + b"b" * 1_200_000),
    "5000 fields": (FORM, b"&".join(b"f%d=1" % n for n in range(5000))),
    "utf-7": (f"{FORM}; charset=utf-7", b"email=+ADw-"),
    "no such charset": (f"{FORM}; charset=x", b"email=a"),
    "no text": (FORM, b"email=%ff%fe&password=%00"),
}


@pytest.mark.parametrize("label", BODIES)
def test_bodies_that_are_no_form(world, label):
    kind, body = BODIES[label]
    for name in (
        "accounts:login",
        "accounts:register",
        "invoices:entry",
        "invoices:attach",
        "invoices:decide",
        "audit:list",
    ):
        path = address(world, name)
        with transaction.atomic():
            client = world.client(ROUTES[name].owner)
            client.raise_request_exception = False
            status = client.generic("POST", path, body, content_type=kind).status_code
            transaction.set_rollback(True)
        assert (name, status < 500) == (name, True)


@pytest.mark.parametrize(
    "file_name", ["../../x.pdf", "a\x00.pdf", "CON", "\u202egpj.exe", "x" * 300 + ".pdf", "", '"; x="']
)
def test_hostile_files(world, file_name):
    for name, field in (("invoices:attach", "files"), ("invoices:beneficiary", "power_of_attorney")):
        for content in (b"", b"MZ\x90", b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\n" + b"\xff" * 100):
            file = SimpleUploadedFile(file_name or "x", content, content_type="application/pdf")
            data = {field: file, "file": file}
            assert status_of(world, name, method="post", path=address(world, name), data=data) < 500


@pytest.mark.parametrize(
    "header",
    [
        {"User-Agent": "x" * 100_000},
        {"User-Agent": "\x1b[31m\u2028"},
        {"Accept-Language": "fr;q=" + "9" * 5000},
        {"Accept-Language": "," * 5000},
        {"Cookie": "guichet=" + "x" * 5000},
        {"Cookie": "guichet=\x00; guichet-attempt=é; guichet-device=a:b:c; guichet-csrf='"},
        {"X-Forwarded-For": "1.2.3.4, ' OR 1=1, ::ffff:1"},
        {"Referer": "javascript:alert(1)"},
        {"Content-Length": "-5"},
        {"If-Modified-Since": "x" * 100},
        {"Range": "bytes=9-1,-"},
    ],
    ids=lambda header: "-".join(header) + str(len(str(header))),
)
def test_hostile_headers(world, header):
    for name in ("platform:spaces", "accounts:login", "accounts:code", "invoices:verify_form", "ui:theme"):
        assert status_of(world, name, method="get", path=address(world, name), headers=header) < 500


PATHS = [
    "/vs/guichet/.css",
    "/vs/guichet/x.css",
    "/vs/..;/be/",
    "/vs//guichet/",
    "/VS/guichet/",
    "/vs/factures/12.css",
    "/vs/factures/00000000-0000-0000-0000-000000000000/",
    "/vs/factures/nouvelle/318.999/",
    "/vs/verifier/%00/",
    "/%00/",
    "/é/",
    "/vs/%ff/",
    "/vs/mot-de-passe/%0d%0aX/",
    "/vs/invitation/%F0%9F%8E%89/",
    "/.git/config",
    "/vs/theme.css/",
    "/admin/",
    "/unknown/",
    "/demo/outbox/../../etc/passwd",
    "/static/../settings.py",
    "/vs/inscription/recue/%00/",
]


@pytest.mark.parametrize("path", [*PATHS, f"/vs/verifier/{'A' * 5000}/"], ids=lambda path: path[:30])
def test_hostile_addresses(world, path):
    for role in ("anonymous", "manager", "agent"):
        client = world.client(role)
        client.raise_request_exception = False
        with transaction.atomic():
            response = client.get(path)
            transaction.set_rollback(True)
        assert response.status_code in {200, 301, 302, 400, 403, 404, 405}
        assert b"Traceback" not in getattr(response, "content", b"")
        assert response.status_code != 200 or path.startswith("/vs/inscription/recue/")
