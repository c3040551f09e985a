"""The one settings file. Every value an operator may change comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from guichet.config.database import django_database

PACKAGE = Path(__file__).resolve().parent.parent


def _env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def _required(name: str) -> str:
    if value := os.environ.get(name):
        return value
    message = f"Set the environment variable {name} (see docs/operating.md)."
    raise ImproperlyConfigured(message)


# --- mode and secrets ------------------------------------------------------------------------
DEMO = _env("GUICHET_DEMO") == "1"
DEBUG = False
SECRET_KEY = _required("GUICHET_SECRET_KEY")
SECRET_KEY_FALLBACKS = [key for key in _env("GUICHET_SECRET_KEY_FALLBACKS").split(",") if key]
VAR = Path(_env("GUICHET_VAR", "var")).resolve()
ALLOWED_HOSTS = _env("GUICHET_HOSTS", "127.0.0.1,localhost").split(",")
TRUSTED_PROXIES = [ip for ip in _env("GUICHET_PROXIES").split(",") if ip]  # whose X-Forwarded-For is believed
BASE_URL = _env("GUICHET_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

# --- applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "guichet.config",
    "guichet.tenancy",
    "guichet.audit",
    "guichet.notify",
    "guichet.storage",
    "guichet.ui",
    "guichet.accounts",
    "guichet.casework",
    "guichet.invoices",
    "guichet.recordings",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guichet.ui.middleware.HeadersMiddleware",
    "guichet.config.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guichet.accounts.middleware.SpaceMiddleware",
    "guichet.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guichet.config.middleware.UnavailableMiddleware",
    "guichet.config.middleware.HiddenMiddleware",
]
ROOT_URLCONF = "guichet.config.urls"
WSGI_APPLICATION = "guichet.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database: the application's role owns nothing ---------------------------------------------
DATABASES = {"default": django_database(_required("DATABASE_URL"))}
AUDIT_DATABASE_URL = _env("AUDIT_DATABASE_URL")  # role audit_reader: verify, copy, auditors' page
AUDIT_ANCHOR = Path(_env("AUDIT_ANCHOR", str(VAR / "audit")))
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# --- who ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = ["guichet.accounts.passwords.OwaspArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600  # absolute; see guichet/accounts/sessions.py
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_NAME = "guichet" if DEMO else "__Host-guichet"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_NAME = "guichet-csrf" if DEMO else "__Host-guichet-csrf"
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guichet.ui.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_SSL_REDIRECT = False  # the proxy in front redirects; see deploy/
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "auth.E003",  # unique without regard to case: constraint person_email_once
    "security.W002",  # HeadersMiddleware says frame-ancestors 'none' and X-Frame-Options itself
    "security.W008",  # the proxy in front redirects
    "security.W021",  # joining the browsers' preload list is the decision of the domain's owner
]
MESSAGE_STORAGE = "guichet.ui.cookies.Messages"  # showing one must not write: GET never does

# --- how it speaks -------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "Europe/Zurich"
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("de", "Deutsch")]
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "guichet.ui.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "guichet.ui.templatetags.swiss",
            ],
        },
    }
]
COTTON_DIR = "cotton"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}

# --- uploads: limited before they are read -----------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # of one request; uploads never touch the disk in clear
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
STORAGE_ROOT = VAR / "objects"
KEY_STORE = Path(_env("GUICHET_KEY_STORE", str(VAR / "keys")))
LEAST_ROOM = int(_env("GUICHET_LEAST_ROOM", "5")) * 10**9  # bytes free below which `guichet check` warns
# deposits that are under way or not yet sent, and their gibibytes: of one expert or centre, and of one office
DEPOSITS_OF_ACCOUNT = tuple(map(int, _env("GUICHET_DEPOSITS_OF_ACCOUNT", "100 50").split()))
DEPOSITS_OF_OFFICE = tuple(map(int, _env("GUICHET_DEPOSITS_OF_OFFICE", "2000 500").split()))
# what was destroyed for ever, appended to: on a medium that no restore of the others brings back (REC-15)
DESTRUCTION_LIST = Path(_env("GUICHET_DESTRUCTION_LIST", str(VAR / "destructions" / "list.jsonl")))
MASTER_KEY = _env("GUICHET_MASTER_KEY")  # 32 bytes in base64; the demo makes one in the key store
CLAMD = _env("GUICHET_CLAMD")  # unix:/path or host:port; empty: the built-in demo scanner, demo only
ALLOW_UNSANDBOXED = _env("GUICHET_ALLOW_UNSANDBOXED") == "1"  # take recordings where the kernel offers no sandbox
CLAMD_MAX_BYTES = int(_env("GUICHET_CLAMD_MAX_BYTES", "25000000"))  # its StreamMaxLength; what is larger is not scanned

# --- mail and SMS -----------------------------------------------------------------------------
OUTBOX = VAR / "outbox"
# where data are, by use; the platform refuses to start outside the allowed ones (REC-23)
REGION = _env("GUICHET_REGION", "CH" if DEMO else "")
REGIONS = {
    "storage": _env("GUICHET_STORAGE_REGION", REGION),
    "mail": _env("GUICHET_MAIL_REGION", REGION),
    "sms": _env("GUICHET_SMS_REGION", REGION),
    "backups": _env("GUICHET_BACKUP_REGION", REGION),
}
REGIONS_ALLOWED = [region for region in _env("GUICHET_REGIONS_ALLOWED", "CH").split(",") if region]
MAIL_DOOR = _env("GUICHET_MAIL", "outbox:" if DEMO else "")
SMS_DOORS = [door for door in _env("GUICHET_SMS", "outbox:" if DEMO else "").split(" ") if door]
MAIL_FROM = _env("GUICHET_MAIL_FROM", "guichet@guichet.example")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"unlinked": {"()": "guichet.config.logs.Unlinked"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["unlinked"]}},
    "root": {"handlers": ["console"], "level": _env("GUICHET_LOG", "WARNING")},
}
