"""All settings, from the environment, failing loudly. docs/operating.md says what each variable does.

Without any variable Winnow runs on this machine alone, on SQLite, in a folder `data/` beside this project.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules


def flag(name: str, default: str) -> bool:
    """A yes or no from the environment; anything else is a mistake worth stopping for."""
    value = os.environ.get(name, default)
    if value not in ("yes", "no"):
        raise ImproperlyConfigured(f"{name} is {value!r}; say yes or no")
    return value == "yes"


def kept_secret(path: Path) -> str:
    """The secret key of a one-machine installation: made once, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = flag("DEBUG", "no")
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "data"))
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE = urlsplit(SITE_URL)
HTTPS = SITE.scheme == "https"
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if SITE.scheme not in ("http", "https") or not SITE.hostname:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it looks like https://winnow.example.org")
if not HTTPS and f"{SITE.hostname}" not in ("127.0.0.1", "localhost", "::1") and not flag("ALLOW_HTTP", "no"):
    raise ImproperlyConfigured("SITE_URL names another machine by http: use https, or set ALLOW_HTTP=yes knowingly")
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h] or [f"{SITE.hostname}", *LOCAL_HOSTS]

# --- database: SQLite unless DATABASE_URL names PostgreSQL -------------------------------------------------------
if url := os.environ.get("DATABASE_URL"):
    DATABASES = {"default": environ.Env.db_url_config(url)}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://; leave it out for SQLite")
    # The pool keeps connections warm; the health check mends them after the database restarts.
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if not TESTING:
        DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 20}
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # pgbouncer in transaction mode
else:
    # WAL + IMMEDIATE + a long timeout together: 0 of 1,000 transactions failed at 50 writers, 194 and more with any
    # of them missing. FULL, because a decision that was acknowledged must survive a power cut.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "winnow.sqlite3",
            # Kept: a new connection reads all table definitions and has no statement prepared, a third of a press. Anew after
            # ten minutes, so that what ANALYZE found out is heard of.
            "CONN_MAX_AGE": 0 if TESTING else 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=268435456;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
                "PRAGMA journal_size_limit=134217728;PRAGMA wal_autocheckpoint=16000;",
            },
            # A file, since threads and a browser look at it too; one a process, since runs may overlap.
            "TEST": {"NAME": Path(tempfile.gettempdir()) / f"winnow-test-{os.getpid()}.sqlite3"},
        }
    }
    if not TESTING:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if "SECRET_KEY" in os.environ:
    SECRET_KEY = os.environ["SECRET_KEY"]
elif os.environ.get("DATABASE_URL") and not TESTING:
    raise ImproperlyConfigured("SECRET_KEY is missing: with PostgreSQL every node needs the same one")
else:
    SECRET_KEY = "only-for-tests-" * 4 if TESTING else kept_secret(DATA_DIR / "secret_key")

# --- what Winnow is made of --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts",
    "records",
    "reviews",
    "themes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.private_pages",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
            )
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS,
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- people: e-mail login, by invitation only --------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_ADAPTER = "accounts.adapter.ByInvitation"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invited address was reached by its invitation; mail is optional
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.links.ResetTokens"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignIn",
    "change_password": "accounts.forms.ChangePassword",
    "reset_password": "accounts.forms.AskForLink",
    "reauthenticate": "accounts.forms.Reauthenticate",
}
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "accounts.adapter.TwoStep"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeToSignIn",
    "reauthenticate": "accounts.forms.CodeOnceMore",
    "activate_totp": "accounts.forms.FirstCode",
}
MFA_TOTP_ISSUER = "Winnow"
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift; a used code is refused all the same
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reviews:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# --- safety ------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # the token reaches htmx through the page
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS", "yes")
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
if flag("BEHIND_PROXY", "no"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # pasted text; files stream to disk and have limits of their own
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
MAX_DUMP_BYTES = int(os.environ.get("MAX_DUMP_MB", "2048")) * 1024 * 1024

# --- files, mail, tasks ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_DIR", DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"  # never served from a URL: dumps go out through a view that asks who may
_PLAIN = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _PLAIN
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = _PLAIN
WHITENOISE_AUTOREFRESH = (
    _PLAIN  # looks when it is asked: tests make thousands of clients, each with a look at all files
)
EMAIL_TIMEOUT = 15  # seconds; a page that sends a letter waits no longer
EMAIL_CONFIG = environ.Env.email_url_config(os.environ.get("EMAIL_URL", "consolemail://"))
vars().update({k: v for k, v in EMAIL_CONFIG.items() if k.startswith("EMAIL")})
MAIL_WORKS = "EMAIL_URL" in os.environ
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", f"Winnow <winnow@{SITE.hostname}>")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
if TESTING:
    TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

READ_IN_CHILD = not TESTING  # readers run in a process of their own, with these limits
READ_MEMORY_MB = int(os.environ.get("READ_MEMORY_MB", "512"))
READ_SECONDS = int(os.environ.get("READ_SECONDS", "60"))  # of one core, for a small dump
READ_SECONDS_A_MB = int(os.environ.get("READ_SECONDS_A_MB", "5"))
READ_SILENCE_SECONDS = int(os.environ.get("READ_SILENCE_SECONDS", "60"))  # without an entry, however long the dump
LINK_RESOLVER = os.environ.get("LINK_RESOLVER", "")  # a library's OpenURL address; works without an abstract link to it
JOB_STALE_SECONDS = int(os.environ.get("JOB_STALE_SECONDS", "25"))  # a job that is silent for longer is taken up again

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
