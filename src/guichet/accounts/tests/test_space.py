"""The middleware of a space: insurer, tenant, login, marks, language, and what it costs."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from guichet.accounts.middleware import SpaceMiddleware
from guichet.accounts.models import Membership
from guichet.accounts.tests.people import PASSWORD
from guichet.tenancy.context import current_insurer_id, tenant


def routes(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern


@pytest.mark.proves("SEC-02")
def test_every_view_of_accounts_has_a_mark():
    views = [route.callback for route in routes() if route.callback.__module__.startswith("guichet.accounts.")]
    assert len(views) > 30
    assert [view.__name__ for view in views if not hasattr(view, "demand")] == []


@pytest.mark.proves("SEC-02")
def test_view_without_a_mark_is_never_served():
    request = RequestFactory().get("/vs/x/")
    setattr(request, "insurer", object())  # noqa: B010 - what the middleware does

    def unmarked(_request):
        return HttpResponse("secret")

    with pytest.raises(ImproperlyConfigured):
        SpaceMiddleware(unmarked).process_view(request, unmarked, (), {})


@pytest.mark.django_db
def test_unknown_space_does_not_exist():
    assert Client().get("/nowhere/").status_code == 404


@pytest.mark.proves("PERF-02")
@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_middleware_costs_three_queries(vs, who):
    browser = vs.signed_in(getattr(vs, who))
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(vs.url("session/")).status_code == 204
    assert [query["sql"].split()[0] for query in queries] == ["EXECUTE", "EXECUTE", "SELECT"]


@pytest.mark.proves("SEC-03")
def test_tenant_is_left_after_the_request(vs):
    with tenant(vs.insurer.pk):
        Client().get("/be/")
        assert current_insurer_id() == vs.insurer.pk
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('guichet.insurer')")
            assert cursor.fetchone()[0] == str(vs.insurer.pk)


@pytest.mark.proves("ORG-03", "SEC-02")
def test_login_opens_no_other_space_without_a_membership(vs, be):
    browser = vs.signed_in(vs.manager)
    answer = browser.get(be.url("mon-compte/"))
    assert (answer.status_code, answer["Location"]) == (302, be.url("?next=%2Fbe%2Fmon-compte%2F"))
    with tenant(be.insurer.pk):
        Membership.objects.create(
            insurer=be.insurer, affiliation=be.affiliation, person=vs.manager, role="collaborator"
        )
    assert browser.get(be.url("mon-compte/")).status_code == 200
    assert browser.get(be.url("ma-societe/")).status_code == 403
    assert browser.get(vs.url("ma-societe/")).status_code == 200


@pytest.mark.proves("SEC-02")
def test_partner_is_no_staff_and_staff_no_partner(vs):
    agent = vs.signed_in(vs.staff("agent", "vet"))
    assert vs.signed_in(vs.manager).get(vs.url("bureau/inscriptions/")).status_code == 403
    assert agent.get(vs.url("ma-societe/")).status_code == 403


@pytest.mark.proves("SEC-02")
def test_closed_affiliation_shuts_its_people_out(vs):
    from guichet.accounts.models import Affiliation

    browser = vs.signed_in(vs.manager)
    Affiliation.objects.filter(pk=vs.affiliation.pk).update(status="closed")
    assert browser.get(vs.url("mon-compte/")).status_code == 302


@pytest.mark.proves("SEC-05")
def test_cookies_are_unreadable_for_scripts_and_stay_on_the_site(vs):
    browser = vs.sign_in(vs.manager)
    for name in ("guichet", "guichet-device"):
        cookie = browser.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


@pytest.mark.proves("SEC-02")
def test_post_without_csrf_token_is_refused(vs):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(vs.url(), {"email": "a@x.example", "password": "x"}).status_code == 403


@pytest.mark.proves("UIX-01")
@pytest.mark.parametrize(
    "cookie,person,browser,expected",
    [
        ("", "", "", "fr"),
        ("", "", "de-CH,de;q=0.9,fr;q=0.5", "de"),
        ("", "", "it,en;q=0.5", "fr"),
        ("de", "", "fr", "de"),
        ("", "de", "fr", "de"),
        ("fr", "de", "de", "fr"),
        ("xx", "", "fr", "fr"),
    ],
)
def test_language_is_the_switch_then_the_person_then_the_browser(vs, cookie, person, browser, expected):
    client = Client()
    if person:
        vs.manager.language = person
        vs.manager.save()
        client = vs.signed_in(vs.manager)
    if cookie:
        client.cookies["guichet-language"] = cookie
    path = "mon-compte/" if person else ""
    assert client.get(vs.url(path), headers={"accept-language": browser})["Content-Language"] == expected


@pytest.mark.proves("UIX-01")
def test_login_sets_the_language_of_the_person(vs):
    vs.manager.language = "de"
    vs.manager.save()
    assert vs.sign_in(vs.manager).cookies["guichet-language"].value == "de"


@pytest.mark.proves("SEC-02", "AUD-01")
def test_refusal_leaves_its_line_in_the_audit(vs, audit_actions):
    browser = vs.signed_in(vs.member())
    before = len(audit_actions())
    browser.get(vs.url("ma-societe/"))
    assert audit_actions()[before:] == ["authz.denied"]


@pytest.mark.proves("SEC-02", "AUD-01")
def test_half_authenticated_leaves_a_line_in_the_audit(vs, audit_actions):
    """A10."""
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    browser.get(vs.url("mon-compte/"))
    assert audit_actions()[-2:] == ["auth.password.ok", "authz.denied"]


@pytest.mark.proves("AUD-01")
def test_login_leaves_its_lines_in_the_audit(vs, audit_actions):
    before = len(audit_actions())
    vs.sign_in(vs.manager)
    assert audit_actions()[before:] == ["auth.password.ok", "auth.login.ok"]


@pytest.mark.proves("AUD-01", "SEC-02")
def test_five_wrong_codes_leave_six_lines_in_the_audit(vs, audit_actions):
    """A01."""
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    wrong = f"{(int(vs.code(vs.manager)) + 1) % 10**6:06d}"
    before = len(audit_actions())
    for _ in range(5):
        browser.post(vs.url("connexion/code/"), {"code": wrong})
    assert audit_actions()[before:] == ["auth.otp.failed"] * 5 + ["auth.otp.locked"]


@pytest.mark.proves("REL-04")
@pytest.mark.parametrize("statement", ["EXECUTE tenancy_insurer", "INSERT INTO audit.entry"])
def test_database_or_audit_that_does_not_answer_is_said_plainly(vs, statement):
    browser = vs.signed_in(vs.member())

    def down(execute, sql, params, many, context):
        if statement in str(sql).replace('"', ""):
            raise OperationalError("gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(down):
        answer = browser.get(vs.url("ma-societe/"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
