"""What every response says about itself, and what never reaches a view."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from guichet.ui.middleware import HeadersMiddleware

EXPECTED = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; frame-src 'none'; base-uri 'none'; "
        "object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.fixture
def answered(settings):
    """The headers of a view's response behind the middleware, outside the demo."""
    settings.DEMO = False

    def ask(method="GET", path="/vs/", **marks):
        def view(request):
            response = HttpResponse("ok")
            for name, value in marks.items():
                setattr(response, name, value)
            return response

        return HeadersMiddleware(view)(RequestFactory().generic(method, path))

    return ask


@pytest.mark.proves("SEC-05")
def test_headers_of_an_ordinary_page(answered):
    assert dict(answered().items()) == EXPECTED


@pytest.mark.proves("SEC-05")
def test_headers_of_a_refused_request_are_the_same(answered):
    headers = dict(answered("TRACE").items())
    assert headers == EXPECTED | {"Allow": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}


def test_headers_let_a_page_show_our_own_documents(answered):
    policy = answered(frame_self=True)["Content-Security-Policy"]
    assert policy == EXPECTED["Content-Security-Policy"].replace("frame-src 'none'", "frame-src 'self'")


def test_headers_let_a_document_stand_in_our_own_frame(answered):
    response = answered(framed_by_self=True)
    allowed = EXPECTED["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    assert (response["Content-Security-Policy"], response["X-Frame-Options"]) == (allowed, "SAMEORIGIN")


def test_headers_let_a_player_play_what_its_scripts_put_together(answered):
    policy = answered(plays=True)["Content-Security-Policy"]
    assert policy == EXPECTED["Content-Security-Policy"] + "; media-src 'self' blob:"


def test_headers_let_a_recorder_hear_and_be_installed(answered):
    response = answered(records=True)
    policy = EXPECTED["Content-Security-Policy"] + "; media-src 'self' blob:; manifest-src 'self'"
    allowed = EXPECTED["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
    assert (response["Content-Security-Policy"], response["Permissions-Policy"]) == (policy, allowed)


def test_headers_keep_what_holds_nothing_personal(answered):
    assert answered(cache_for_ever=True)["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "G E T"])
def test_methods_nobody_serves_are_refused_before_the_view(answered, method):
    assert answered(method).status_code == 405


@pytest.mark.parametrize("path", ["/vs/%00", "/vs/a%0d%0aSet-Cookie:%20x", "/%7f"])
def test_control_characters_in_an_address_are_not_found(answered, path):
    assert answered(path=path).status_code == 404


def test_timing_is_said_in_the_demo_only(answered, settings):
    outside = answered().has_header("Server-Timing")
    settings.DEMO = True
    assert (outside, answered()["Server-Timing"].split(";dur=")[0]) == (False, 'db;desc="0 queries"')
