"""Who comes from where, on which device, and to which page one is led."""

from itertools import count

import pytest

from guichet.accounts.landing import landing, own_path
from guichet.accounts.visitor import peer, read_visitor, remember


@pytest.mark.parametrize(
    "remote,forwarded,expected",
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", None),
        ("", "", None),
    ],
)
@pytest.mark.proves("SEC-05")
def test_address_is_what_the_trusted_proxy_says(settings, remote, forwarded, expected):
    settings.TRUSTED_PROXIES = ["10.0.0.1", "10.0.0.2"]
    assert peer(remote, forwarded) == expected


@pytest.mark.proves("ACC-07")
def test_forged_device_cookie_knows_nobody():
    assert read_visitor({}, "forged").devices == {}


def test_device_cookie_remembers_five_people():
    cookie, numbers = "", count()
    for number in [next(numbers) for _ in range(7)]:
        cookie = remember(read_visitor({}, cookie), f"p{number}")
    assert list(read_visitor({}, cookie).devices) == ["p2", "p3", "p4", "p5", "p6"]


@pytest.mark.proves("SEC-02")
def test_landing_is_the_first_page_one_may_open(vs):
    places = {
        "manager": landing(vs.actor(vs.manager)),
        "administrator": landing(vs.actor(vs.administrator)),
        "auditor": landing(vs.actor(vs.staff("auditor"))),
    }
    assert places["manager"] == vs.url("guichet/")
    assert places["auditor"] == vs.url("audit/")
    vs.insurer.systems = []
    assert landing(vs.actor(vs.manager)) == vs.url("mon-compte/")
    assert landing(vs.actor(vs.administrator)) == vs.url("bureau/inscriptions/")


@pytest.mark.parametrize(
    "path", ["", "/vs", "/be/x/", "//evil.example/vs/", "https://evil.example/vs/", "/vs/" + "x" * 600]
)
def test_only_own_paths_are_followed(vs, path):
    assert own_path(path, vs.insurer) == ""
    assert own_path("/vs/x/?y=1", vs.insurer) == "/vs/x/?y=1"
