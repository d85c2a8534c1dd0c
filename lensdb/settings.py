"""The one settings file. Everything that differs between hosts comes from the environment.

``LENSDB_MODE`` is ``production`` unless said otherwise, and production refuses to start without what it needs.
``demo`` and ``test`` may use the embedded PostgreSQL and make their own keys. Importing this file starts nothing.

``LENSDB_ROLE=background`` is for the dispatcher, the cells and migrations: they answer nobody and decipher nothing, so
production gives them neither keys nor host names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lensdb.lib import embedded_postgres, keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME_FILE names a file that holds the value of NAME


def required(name: str, *, why: str) -> str:
    """A setting production cannot do without."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}. (LENSDB_MODE=demo makes its own.)")
    return value


def strong(name: str, key: str, *, length_min: int = keys.LENGTH_MIN) -> str:
    """The key, which production does not start with if it can be guessed."""
    if weakness := keys.weakness(key, length_min=length_min):
        raise ImproperlyConfigured(f"The key in {name} {weakness}. deploy/make-secrets draws a good one.")
    return key


MODE = env.str("LENSDB_MODE", default="production")
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"LENSDB_MODE is {MODE!r}; it must be demo, test or production")
PRODUCTION = MODE == "production"

ROLE = env.str("LENSDB_ROLE", default="web")
if ROLE not in {"web", "background"}:
    raise ImproperlyConfigured(f"LENSDB_ROLE is {ROLE!r}; it must be web or background")
DEBUG = False

DATA_DIR = Path(env.str("LENSDB_DATA", default=str(BASE_DIR / "var"))).resolve()

if not PRODUCTION:
    SECRET_KEY = keys.own_key(DATA_DIR, "django")
    SERIAL_KEYS = [keys.own_key(DATA_DIR, "serials")]
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
elif ROLE == "background":
    SECRET_KEY, SERIAL_KEYS, ALLOWED_HOSTS = "", [], []
else:
    SECRET_KEY = required("LENSDB_SECRET_KEY", why="it signs sessions")
    strong("LENSDB_SECRET_KEY", SECRET_KEY, length_min=50)
    SERIAL_KEYS = [
        key.strip()
        for key in required("LENSDB_SERIAL_KEYS", why="they hide serial numbers; newest first, comma between").split(
            ","
        )
    ]
    strong("LENSDB_SERIAL_KEYS", SERIAL_KEYS[0])  # older ones may be weak until they are rotated out
    ALLOWED_HOSTS = required("LENSDB_HOSTS", why="the host names this site answers to, comma between").split(",")
PROXIES = env.int("LENSDB_PROXIES", default=0)
"""How many proxies of ours stand in front; what they say of a client's address is believed."""
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []

# --- database ---------------------------------------------------------------------------------------------------------
EMBEDDED_POSTGRES: Path | None = None
if PRODUCTION:
    required("DATABASE_URL", why="production keeps its own PostgreSQL, e.g. postgres://user:password@host/lensdb")
if env.str("DATABASE_URL", default=""):
    DATABASES: dict[str, Any] = {"default": env.db("DATABASE_URL")}
    # A socket's folder as the host is written with %2F, as libpq has it; django-environ leaves that as it is.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
else:
    EMBEDDED_POSTGRES = DATA_DIR / "postgres"
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres" if MODE == "test" else "lensdb",
            "USER": embedded_postgres.USER,
            "HOST": str(embedded_postgres.socket_dir(EMBEDDED_POSTGRES)),
        }
    }
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "lensdb.audit",
    "lensdb.limits",
    "lensdb.accounts",
    "lensdb.catalog",
    "lensdb.submissions",
    "lensdb.measurements",
    "lensdb.aggregates",
    "lensdb.moderation",
    "lensdb.processing",
    "lensdb.persons",
    "lensdb.api",
    "lensdb.web",
    "lensdb.demo",
    "lensdb.accounts.admin_site.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_vite",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lensdb.lib.uploads.close_uploads",
    "lensdb.lib.caching.CacheRules",
    "lensdb.lib.headers.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "lensdb.lib.middleware.RefuseUnreadableRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lensdb.lib.middleware.RefuseUnstorableForms",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lensdb.accounts.second_factor.PowersNeedSecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lensdb.web.brakes.Brakes",  # the last: what it counts has passed all the others
]
ROOT_URLCONF = "lensdb.urls"
WSGI_APPLICATION = "lensdb.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of people are made in the tests
ACCOUNT_ADAPTER = "lensdb.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if PRODUCTION else "none"
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_ADAPTER = "lensdb.accounts.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    # Counted by lensdb.web.brakes, exactly and across processes; codes of a second factor by accounts.second_factor.
    # What is left is allauth's: one confirmation mail in three minutes.
    **dict.fromkeys(("login", "signup", "change_password", "manage_email", "reauthenticate"), None),
    **dict.fromkeys(("reset_password", "reset_password_from_key", "login_failed"), None),
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because somebody else typed their address
ACCOUNT_ANSWER_SECONDS = 1.5 if PRODUCTION else 0.0
"""Signing up and asking for a new password take this long, whether the address is known or not."""
MFA_REQUIRED = env.bool("LENSDB_MFA", default=PRODUCTION)
"""Whether moderators and staff are ordinary photographers in a session without a second factor."""
MFA_ADAPTER = "lensdb.accounts.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "lensdb.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "lensdb.accounts.second_factor.ReauthenticateForm",
    "activate_totp": "lensdb.accounts.second_factor.ActivateForm",
}
MFA_TOTP_ISSUER = "LensDB"
MFA_TOTP_TOLERANCE = 1  # a code typed just as the next one comes still counts
MFA_ALLOW_UNVERIFIED_EMAIL = not PRODUCTION
LOGIN_REDIRECT_URL = "/me/"
LOGIN_URL = "account_login"
EMAIL_CONFIG = env.email("LENSDB_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("LENSDB_EMAIL_FROM", default="lensdb@localhost")

# --- files ------------------------------------------------------------------------------------------------------------
STORAGES = {
    "originals": {
        "BACKEND": "lensdb.lib.storage.ContentStorage",
        "OPTIONS": {"location": DATA_DIR / "originals"},
    },
    "derived": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "derived"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "lensdb.web.staticfiles.SiteStaticFilesStorage",
    },
}
DERIVED_HANDOFF = env.str("LENSDB_DERIVED_HANDOFF", default="")
"""Where the proxy sends derived pictures from (X-Accel-Redirect); empty where there is none to do it."""
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8,12}\.\w+$"  # names with a digest, Django's or the build's
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = MODE == "test"  # tests serve from the apps, nothing is collected
FRONTEND_MANIFEST = BASE_DIR / "lensdb" / "web" / "static" / "dist" / "manifest.json"
DJANGO_VITE = {
    "default": {
        "manifest_path": FRONTEND_MANIFEST,
        "static_url_prefix": "dist",
    }
}
PHOTO_MAX_BYTES = env.int("LENSDB_PHOTO_MAX_BYTES", default=80 * 1024 * 1024)
SERIES_MAX_PHOTOS = 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "lensdb.lib.uploads.LimitUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "lensdb.lib.uploads.UnnamedUploads",
]
FILE_UPLOAD_TEMP_DIR = Path(env.str("LENSDB_UPLOAD_TEMP", default=str(DATA_DIR / "uploads")))
SILENCED_SYSTEM_CHECKS = ["files.E001"]  # the folder is made with the first upload

# --- the backlog ------------------------------------------------------------------------------------------------------
DASK_SCHEDULER = env.str("LENSDB_DASK_SCHEDULER", default="tls://127.0.0.1:8786")
LEASE_SECONDS = env.float("LENSDB_LEASE_SECONDS", default=30.0)  # how long a dispatcher may be silent
METRICS_TOKEN = env.str("LENSDB_METRICS_TOKEN", default="")  # what Prometheus shows to read /metrics

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lensdb.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["lensdb.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "lensdb.api.schema.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "lensdb.api.errors.handle",
    "NUM_PROXIES": PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LensDB",
    "DESCRIPTION": "How a lens's focus moves as it is stopped down.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- safety -----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "lensdb.web.views.errors.csrf_failed"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
if PRODUCTION:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SILENCED_SYSTEM_CHECKS = [
        "security.W005",  # HSTS for subdomains: we do not know what else runs below the site's name
        "security.W021",  # preloading: asks for the former, and browsers keep it long after the site is gone
    ]
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^healthz$", r"^metrics$"]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_keys": {"()": "lensdb.lib.logs.WithoutKeys"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
