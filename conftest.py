"""The guard rails of every test, in `tests/` and in each package: the suite is stricter than production.

This file names the environment before Django reads its settings; the rails themselves are in `tests/rails/`.
"""

import os
import tempfile
from pathlib import Path

import pytest

_RUN = tempfile.TemporaryDirectory(prefix="guichet-test-")

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "guichet.config.settings",
    "GUICHET_SECRET_KEY": "only-for-tests-" + "x" * 40,
    "GUICHET_DEMO": "1",
    "GUICHET_VAR": _RUN.name,
    "GUICHET_BASE_URL": "http://testserver",
    "GUICHET_HOSTS": "testserver,127.0.0.1,localhost",
    "DATABASE_URL": "postgres://guichet_app@127.0.0.1:1/not-started",  # tests/rails/database.py starts one on demand
}
for _name in ("GUICHET_CLAMD", "GUICHET_MAIL", "GUICHET_SMS", "GUICHET_SECRET_KEY_FALLBACKS"):
    os.environ.pop(_name, None)
(Path(_RUN.name) / "static").mkdir()

import hypothesis
from django.conf import settings  # after the environment it reads

# The same examples in every run, however slow the machine: a property fails because of the code, or not at all.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected
}

pytest_plugins = (
    "tests.rails.browser",
    "tests.rails.database",
    "tests.rails.network",
    "tests.rails.proves",
    "tests.rails.queries",
    "tests.rails.responses",
    "tests.rails.space",
    "tests.rails.templates",
)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the run's data directory away."""
    _RUN.cleanup()
