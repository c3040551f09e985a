"""`guichet check` lets a demo pass at home, a well set up system elsewhere, and nothing else."""

import os
import re
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from guichet.config.checks import of_the_sandbox
from guichet.sandbox import Lock

PRODUCTION = {
    "GUICHET_DEMO": "",
    "GUICHET_SECRET_KEY": "0123456789" * 6 + "abcdefghij",
    "GUICHET_HOSTS": "guichet.example",
    "GUICHET_BASE_URL": "https://guichet.example",
    "GUICHET_REGION": "CH",
    "GUICHET_CLAMD": "unix:/run/clamav/clamd.ctl",
    "GUICHET_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "GUICHET_MAIL": "smtp://relay.example:587",
    "GUICHET_SMS": "aspsms://user:password@json.aspsms.example",
}


@pytest.fixture
def check(test_database, django_db_setup):
    def run(command="check", **environment):
        known = {**os.environ, "DATABASE_URL": test_database.url(), **environment}
        command = [sys.executable, "-m", "guichet.config.cli", command]
        return subprocess.run(command, env=known, capture_output=True, text=True)

    return run


@pytest.mark.django_db
def test_check_lets_a_demo_pass_at_home():
    call_command("check")


@pytest.mark.django_db
@pytest.mark.proves("SEC-05")
def test_check_refuses_a_demo_elsewhere(settings):
    settings.ALLOWED_HOSTS = ["guichet.example"]
    with pytest.raises(SystemCheckError, match=r"guichet\.E001"):
        call_command("check")


@pytest.mark.proves("SEC-05")
def test_check_is_clean_in_production(check):
    result = check(**PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "System check identified no issues (4 silenced).\n"


def test_check_names_everything_that_is_missing(check):
    missing = dict.fromkeys(["GUICHET_CLAMD", "GUICHET_MASTER_KEY", "GUICHET_SMS"], "")
    result = check(**PRODUCTION | missing)
    assert result.returncode == 1
    expected = {"guichet.E002", "guichet.storage.E001", "guichet.storage.E002"}
    assert set(re.findall(r"guichet\.(?:storage\.)?E\d+", result.stderr)) == expected


@pytest.mark.proves("REC-23")
@pytest.mark.parametrize("command", ["run-web", "worker"])
def test_nothing_starts_with_data_in_a_region_that_is_not_on_the_list(check, command):
    result = check(command, **PRODUCTION | {"GUICHET_REGION": "US"})
    assert (result.returncode, "guichet.storage.E003" in result.stderr) == (1, True)


@pytest.mark.proves("SEC-03")
def test_check_refuses_the_owner_as_application(check, test_database):
    result = check(DATABASE_URL=test_database.url("guichet_migrate"))
    assert (result.returncode, "guichet.E003" in result.stderr) == (1, True)


@pytest.mark.proves("SEC-04")
def test_check_refuses_a_kernel_without_sandbox_unless_the_operator_overrides():
    none, some = frozenset(), frozenset({Lock.SECCOMP})
    found = [of_the_sandbox(offered, allowed=allowed) for offered in (none, some) for allowed in (False, True)]
    assert [[one.id for one in each] for each in found] == [["guichet.E006"], ["guichet.W006"], [], ["guichet.W006"]]


def test_check_warns_of_the_override(check):
    result = check(**PRODUCTION | {"GUICHET_ALLOW_UNSANDBOXED": "1"})
    assert (result.returncode, "guichet.W006" in result.stderr) == (0, True)
