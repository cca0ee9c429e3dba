"""One settings file, driven by the environment.

With no environment at all this is development: SQLite, a broker in a folder, mail printed on the console.
`GUTCLINIC_MODE=production` names at once everything that is still missing and refuses to start without it.
Every variable is explained in docs/deploy.md.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from gutclinic.email_services import email_service, names_email_service, reads_reports, signs_in_to_report
from gutclinic.workspace import UNFOLD as UNFOLD
from protocols.domain.medicines import MedicineClass

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env("GUTCLINIC_MODE", default="development")
if MODE not in {"development", "production"}:
    raise ImproperlyConfigured(f"GUTCLINIC_MODE is “{MODE}”. Set it to development or production.")
PRODUCTION = MODE == "production"
# The demonstration shows every message it sends, sign-in codes too, on a page of its own. Loopback only.
DEMO = env.bool("GUTCLINIC_DEMO", default=False)
if PRODUCTION and DEMO:
    # Said here and not in a check: a web server loads the settings, but runs no checks.
    raise ImproperlyConfigured("GUTCLINIC_DEMO is set in production, where its outbox page must not exist. Unset it.")

REQUIRED_IN_PRODUCTION = {
    "SECRET_KEY": "a long random string, kept secret",
    "DATABASE_URL": "for example postgres://gutclinic:password@database/gutclinic",
    "REDIS_URL": "for example redis://redis:6379/0",
    "PUBLIC_URL": "the address people type, for example https://clinic.example.org",
    "EMAIL_URL": "for example smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "the address messages come from",
}
if PRODUCTION:
    missing = [f"{name} ({meaning})" for name, meaning in REQUIRED_IN_PRODUCTION.items() if not env(name, default="")]
    if missing:
        raise ImproperlyConfigured("Production needs these environment variables: " + "; ".join(missing) + ".")

SECRET_KEY = env("SECRET_KEY", default="development-only-" + "not-a-secret-" * 4)
DEBUG = env.bool("DEBUG", default=not PRODUCTION)
VAR_DIR = Path(env("GUTCLINIC_VAR", default=str(BASE_DIR / "var")))

PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "simple_history",
    "clinics",
    "protocols",
    "patients",
    "gutclinic",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gutclinic.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "gutclinic.urls"
WSGI_APPLICATION = "gutclinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

# --- Data -----------------------------------------------------------------------------------------------------

_own_database = f"sqlite:///{VAR_DIR / 'gutclinic.sqlite3'}"
if env("DATABASE_URL", default=_own_database).partition(":")[0] not in env.DB_SCHEMES:
    # The value itself is not repeated: a password may stand in it.
    raise ImproperlyConfigured(
        "DATABASE_URL names no database. Write for example postgres://user:password@host/name or "
        "sqlite:////folder/file.sqlite3, or unset it."
    )
DATABASES = {"default": env.db("DATABASE_URL", default=_own_database)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at once, so that two moves of one
    # plan queue up instead of failing half-way with “database is locked”.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # Tests run on a file as well: in memory, threads share one cache and never wait for each other.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Django leaves this out, for the sake of poolers. Only what every message costs asks to be prepared, since planning
    # it takes longer than doing it (patients/reminders/committing.py).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Rate limits need a cache that every process shares: without Redis the database is the one at hand.
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
    )
}

# --- Time -----------------------------------------------------------------------------------------------------

# Instants are UTC; a civil date is read in the zone of the person it belongs to, never in the server's.
TIME_ZONE = "UTC"
USE_TZ = True
# “A fixed default”: it is said of a time of day, such as 9:00 for messages, in the seconds around that time alone.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]
LANGUAGE_CODE = "en-gb"
USE_I18N = True

# --- People ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "clinics.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "gutclinic.accounts.ClosedAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_UNIQUE_EMAIL = True
# Typing in the code that was sent to an address is the proof that the address is one’s own.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
# Eight digits in two groups: typed on the number pad of a telephone, and a hundred million to guess from.
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
# Attempts are counted by where they come from. Behind a proxy that is told by the last part of X-Forwarded-For;
# counted wrongly, either everybody shares one limit or anybody escapes it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
ACCOUNT_PREVENT_ENUMERATION = True
# An unknown address gets a message too: it takes as long as a code, so that waiting tells nobody anything.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_request_login_code"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())

# What a licence of a member of staff may be for. `clinics` keeps these words, and does not know medicines.
LICENSABLE_CLASSES = {kind.value: kind.label for kind in MedicineClass}

# --- Messages -------------------------------------------------------------------------------------------------

EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10)
# How long connecting to a provider of text or push messages may take, and then its answer.
HTTP_TIMEOUT = env.float("HTTP_TIMEOUT", default=10)
# By channel: at most so many hand-overs, as “10/s”, “600/min” or “5000/h”; of push also by provider, which
# `patients.reminders.rates` reads. Empty: as fast as they go.
MESSAGE_RATES = {
    "email": env("EMAIL_RATE", default=""),
    "sms": env("SMS_RATE", default=""),
    "push": env("PUSH_RATE", default=""),
}
_email_url = env("EMAIL_URL", default="")
# What an email service reports is read, and believed, where it brings this.
EMAIL_WEBHOOK_SECRET = env("EMAIL_WEBHOOK_SECRET", default="")
EMAIL_REPORTS = reads_reports(_email_url)
EMAIL_REPORTS_SIGN_IN = signs_in_to_report(_email_url)
if names_email_service(_email_url):
    EMAIL_BACKEND, ANYMAIL = email_service(_email_url, seconds=EMAIL_TIMEOUT, report_secret=EMAIL_WEBHOOK_SECRET)
elif _email_url:
    if _email_url.partition(":")[0] not in env.EMAIL_SCHEMES:
        # The value itself is not repeated: a password may stand in it.
        raise ImproperlyConfigured(
            "EMAIL_URL names no mail server. Write for example smtp+tls://user:password@server:587, or name an email "
            "service, such as postmark://token@."
        )
    _email = env.email_url("EMAIL_URL")
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
    EMAIL_FILE_PATH = _email.get("EMAIL_FILE_PATH") or None
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "outbox")
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="clinic@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Who carries text messages: twilio, http, file, console, or nobody. In production nobody unless it is set.
SMS_PROVIDER = env("SMS_PROVIDER", default="" if PRODUCTION else "file" if DEMO else "console")
SMS_URL = env("SMS_URL", default="")
SMS_ACCOUNT = env("SMS_ACCOUNT", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_FROM = env("SMS_FROM", default="")
SMS_WEBHOOK_SECRET = env("SMS_WEBHOOK_SECRET", default="")
SMS_FOLDER = str(VAR_DIR / "sms")

# Web push, off without a key. The hosts are those that browsers give out; a subscription is what a visitor sends.
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")
VAPID_CONTACT = env("VAPID_CONTACT", default="")
PUSH_HOSTS = [
    host.strip().lower()
    for host in env.list(
        "PUSH_HOSTS",
        default=[
            "fcm.googleapis.com",
            "updates.push.services.mozilla.com",
            "*.push.apple.com",
            "*.notify.windows.com",
        ],
    )
]

# --- Background work ------------------------------------------------------------------------------------------

if REDIS_URL:
    CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL)
else:
    # No server to install: messages are files in a folder. The rows in the database are the truth, and the
    # broker only wakes a worker, so a message lost here costs at most the minute until the next sweep.
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "gutclinic.file_queue:Transport"
    _queue = str(VAR_DIR / "queue")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _queue,
        "data_folder_out": _queue,
        "control_folder": str(VAR_DIR / "control"),
        "polling_interval": 0.02,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Well over what a worker needs that is held up by a slow mail server: see gutclinic.E004.
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
SWEEP_EVERY_SECONDS = env.int("GUTCLINIC_SWEEP_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "patients.tasks.sweep",
        "schedule": timedelta(seconds=SWEEP_EVERY_SECONDS),
        # A sweep that waited longer than this in the queue has been overtaken by the next one.
        "options": {"expires": SWEEP_EVERY_SECONDS},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# What collects the numbers of delivery at /metrics brings this; without one there is no such page.
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# --- Pages ----------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# Looked up when asked for: there is no folder of collected files but in production.
WHITENOISE_AUTOREFRESH = not PRODUCTION

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Unfold's Alpine needs these; gutclinic.csp applies them below /admin/ and nowhere else.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    # Whoever sets these has decided: Django’s own warnings would otherwise keep the site from starting.
    _decided = {"SECURE_HSTS_SECONDS": "security.W004", "SECURE_SSL_REDIRECT": "security.W008"}
    SILENCED_SYSTEM_CHECKS += [check for name, check in _decided.items() if name in env.ENVIRON]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- Machine faces --------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["patients.api.tokens.Token"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["patients.api.parsing.ShallowJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "patients.api.errors.answer",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env("API_RATE", default="600/min")},
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "gutclinic",
    "DESCRIPTION": "Plans in five phases: read them, assign them, move them.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PhaseStatus": "patients.api.reading.PHASE_STATUSES",
        "PlanStatus": "patients.api.reading.PLAN_STATUSES",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "gutclinic.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # The development server names every address. Its own handler knows nothing of the filter.
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # What email services are called through names addresses, whatever LOG_LEVEL says.
        "urllib3": {"level": "ERROR"},
    },
}
