"""What happens at the same instant (A02, A04, B11): threads with connections of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from guichet.accounts import cookies, throttles
from guichet.accounts.models import LoginAttempt, LoginSession, Membership, StaffMember
from guichet.accounts.tests.people import PASSWORD, open_space
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 10  # requests that really overlap; the rest follow them closely


@pytest.fixture
def space(run_jobs):
    return open_space("vs", run_jobs)


def at_once(count, act):
    """The results of `count` calls started together."""
    barrier = Barrier(min(count, THREADS))

    def one(number):
        try:
            if number < THREADS:
                barrier.wait(timeout=120)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(count)))


def half_way(space):
    client = Client()
    client.post(space.url(), {"email": space.manager.email, "password": PASSWORD})
    with tenant(space.insurer.pk):
        return client.cookies[cookies.ATTEMPT].value, space.code(space.manager)


def post_code(space, cookie, code):
    client = Client()
    client.cookies[cookies.ATTEMPT] = cookie
    return client.post(space.url("connexion/code/"), {"code": code}).status_code


@pytest.mark.proves("ACC-04", "ACC-07", "SEC-02")
def test_fifty_wrong_codes_at_once_are_evaluated_five_times(space):
    cookie, code = half_way(space)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    statuses = at_once(50, lambda _number: post_code(space, cookie, wrong))
    assert LoginAttempt.objects.get().tries == 5
    assert (statuses.count(422), statuses.count(429)) == (5, 45)
    assert post_code(space, cookie, code) == 429


@pytest.mark.proves("ACC-04", "SEC-02")
def test_one_right_code_posted_twenty_times_opens_one_login(space):
    cookie, code = half_way(space)
    statuses = at_once(20, lambda _number: post_code(space, cookie, code))
    assert (statuses.count(302), statuses.count(422)) == (1, 19)
    assert LoginSession.objects.count() == 1


@pytest.mark.proves("ACC-07", "SEC-02")
def test_thirty_wrong_passwords_at_once_are_evaluated_ten_times(space):
    def act(number):
        values = {"email": space.manager.email, "password": f"faux-{number}"}
        return Client(REMOTE_ADDR=f"192.0.2.{number}").post(space.url(), values).status_code

    statuses = at_once(30, act)
    assert (statuses.count(422), statuses.count(429)) == (10, 20)
    space.manager.refresh_from_db()
    assert space.manager.wrong_in_a_row == 10


@pytest.mark.proves("ACC-07")
def test_a_brake_counts_exactly(space):
    brake = throttles.RESEND_DAY
    turns = at_once(30, lambda _number: throttles.take(brake, "somebody"))
    assert sum(turn.until is None for turn in turns) == brake.limit
    assert sum(turn.last for turn in turns) == 1


@pytest.mark.proves("ORG-04", "SEC-02")
@pytest.mark.parametrize("act", ["supprimer/", ""])
def test_two_managers_cannot_undo_each_other(space, act):
    """B11: removing, and demoting."""
    with tenant(space.insurer.pk):
        second = space.member("manager")
        rows = {member.person_id: member for member in Membership.objects.all()}
        browsers = [space.signed_in(space.manager), space.signed_in(second)]
    victims = [rows[second.pk], rows[space.manager.pk]]

    def strike(number):
        person = victims[number].person
        values = {"role": "collaborator", "last_name": person.last_name, "first_name": person.first_name,
                  "email": person.email, "mobile": person.mobile}  # fmt: skip
        return (
            browsers[number]
            .post(space.url(f"ma-societe/collaborateurs/{victims[number].pk}/{act}"), values)
            .status_code
        )

    statuses = at_once(2, strike)
    with tenant(space.insurer.pk):
        managers = Membership.objects.filter(role="manager", removed_at=None).count()
    assert managers == 1
    assert statuses.count(302) >= 1
    assert sorted(statuses) in ([302, 302], [302, 403], [302, 409])


@pytest.mark.proves("ORG-04")
def test_two_managers_who_leave_at_once_leave_one(space):
    with tenant(space.insurer.pk):
        second = space.member("manager")
        rows = {member.person_id: member for member in Membership.objects.all()}
        people = [space.manager, second]
        browsers = [space.signed_in(person) for person in people]

    def leave(number):
        return (
            browsers[number]
            .post(space.url(f"ma-societe/collaborateurs/{rows[people[number].pk].pk}/supprimer/"))
            .status_code
        )

    assert sorted(at_once(2, leave)) == [302, 409]


@pytest.mark.proves("ORG-07")
def test_two_administrators_cannot_remove_each_other(space):
    with tenant(space.insurer.pk):
        second = space.staff("administrator")
        rows = {member.person_id: member for member in StaffMember.objects.all()}
        people = [space.administrator, second]
        browsers = [space.signed_in(person) for person in people]

    def leave(number):
        path = space.url(f"administration/collaborateurs/{rows[people[number].pk].pk}/supprimer/")
        return browsers[number].post(path).status_code

    assert sorted(at_once(2, leave)) == [302, 409]
