"""Theme, language switch, error pages."""

import re

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from guichet.ui import views


def heading(response: HttpResponse) -> str:
    return str(re.findall(r"<h1>(.*?)</h1>", response.content.decode())[0])


def test_theme_is_kept_for_ever(request_of):
    response = views.theme(request_of("/vs/theme.css"), "vs")
    assert (response["Content-Type"], getattr(response, "cache_for_ever", False)) == ("text/css; charset=utf-8", True)


@pytest.mark.proves("UIX-01")
def test_language_switch_remembers_and_goes_back():
    request = RequestFactory().post("/langue/", {"language": "de", "next": "/vs/factures/?q=Rey"})
    response = views.language(request)
    cookie = response.cookies["guichet-language"]
    assert (response.status_code, response["Location"], cookie.value, cookie["samesite"], cookie["httponly"]) == (
        302, "/vs/factures/?q=Rey", "de", "Lax", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_language_switch_leads_nowhere_else(target):
    response = views.language(RequestFactory().post("/langue/", {"language": "de", "next": target}))
    assert response["Location"] == "/"


def test_language_nobody_speaks_is_not_remembered():
    response = views.language(RequestFactory().post("/langue/", {"language": "xx"}))
    assert dict(response.cookies) == {}


def test_language_switch_is_an_act():
    assert views.language(RequestFactory().get("/langue/")).status_code == 405


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, "Demande incompréhensible"), (403, "Accès non autorisé"), (404, "Page introuvable"),
        (405, "Action impossible"), (409, "Déjà traité entre-temps"), (410, "Lien échu"),
        (413, "Fichier trop volumineux"), (415, "Format non accepté"), (422, "Saisie à compléter"),
        (429, "Trop de tentatives"), (500, "Erreur de notre côté"), (503, "Momentanément indisponible"),
    ],
)  # fmt: skip
def test_error_page_says_what_happened(request_of, status, expected):
    response = views.error_page(request_of(), status)
    assert (response.status_code, heading(response)) == (status, expected)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda request: views.bad_request(request, ValueError()), 400),
        (lambda request: views.permission_denied(request, ValueError()), 403),
        (lambda request: views.page_not_found(request, ValueError()), 404),
        (views.server_error, 500),
    ],
)
def test_handlers_answer_with_their_status(request_of, answer, status):
    assert answer(request_of(insurer=None)).status_code == status


def test_csrf_failure_says_how_to_go_on(request_of):
    response = views.csrf_failure(request_of(), reason="CSRF cookie not set.")
    assert (response.status_code, heading(response)) == (403, "Page restée ouverte trop longtemps")


def test_error_page_comes_even_if_nothing_else_does():
    broken = HttpRequest()  # has no path, no host: a context processor fails
    broken.path = None
    response = views.error_page(broken, 500)
    assert (response.status_code, heading(response)[:28]) == (500, "Momentanément indisponible ·")


def test_styleguide_exists_in_the_demo_only(request_of, settings):
    settings.DEMO = False
    with pytest.raises(Http404):
        views.styleguide(request_of("/demo/style/", insurer=None))


def test_pages_of_the_client_are_free_of_inline_code(settings):
    settings.MIDDLEWARE = [
        "guichet.ui.middleware.HeadersMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    assert Client().get("/demo/style/").status_code == 200
