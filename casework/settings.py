"""Settings, read from the environment; unsafe values refuse to start in production."""

import base64
import logging
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from casework.lib.keys import derived, field_keys
from casework.lib.logs import configure as configure_logs
from casework.lib.logs import logging_settings
from casework.settings_api import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# A local set-up keeps its switches and generated secrets here; a server sets its own environment.
_ENV_FILE = Path(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))
if _ENV_FILE.is_file():
    env.read_env(_ENV_FILE)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
ALLOW_TEST_IDS = env.bool("ALLOW_TEST_IDS", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

_LOCAL_SECRET = "local-only-not-a-secret"  # noqa: S105  refused below outside DEBUG and DEMO
SECRET_KEY = env.str("SECRET_KEY", default=_LOCAL_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

# A demonstration plays in a season of its own: its clock may be shifted by whole seconds.
CLOCK_SHIFT = timedelta(seconds=env.int("CLOCK_SHIFT_SECONDS", default=0))

FIELD_KEYS = field_keys(env.list("FIELD_KEYS", default=[]), SECRET_KEY)
# What seals from now on: A256GCM or SM4GCM. What the other one sealed stays readable.
FIELD_CIPHER = env.str("FIELD_CIPHER", default="A256GCM")
# What blind indexes are hashed by: SHA256 or SM3.
INDEX_HASH = env.str("INDEX_HASH", default="SHA256")
# While an index moves to another key or hash: what finds the rows that have not moved yet.
BLIND_INDEX_KEY_BEFORE = env.str("BLIND_INDEX_KEY_BEFORE", default="").encode()
INDEX_HASH_BEFORE = env.str("INDEX_HASH_BEFORE", default=INDEX_HASH)
_HASHES = {"SHA256", "SM3"}
if FIELD_CIPHER not in {"A256GCM", "SM4GCM"} or not {INDEX_HASH, INDEX_HASH_BEFORE} <= _HASHES:
    raise ImproperlyConfigured("FIELD_CIPHER is A256GCM or SM4GCM, INDEX_HASH is SHA256 or SM3")
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", default="").encode() or derived(b"blind", SECRET_KEY)

# Seals of the journal leave the machine signed: into a folder that lies elsewhere.
SEAL_KEY = base64.b64decode(env.str("SEAL_KEY", default="")) or derived(b"seal", SECRET_KEY)
SEAL_EXPORT_DIR = env.str("SEAL_EXPORT_DIR", default="")


def _refuse_unsafe() -> None:
    """In production every secret is given from outside and no demonstration switch is on."""
    faults = [
        fault
        for wrong, fault in (
            (
                SECRET_KEY == _LOCAL_SECRET or len(SECRET_KEY) < 32,
                "SECRET_KEY: set 32+ characters",
            ),
            (not env.list("FIELD_KEYS", default=[]), "FIELD_KEYS: set id:base64 of 32 bytes"),
            (not env.str("BLIND_INDEX_KEY", default=""), "BLIND_INDEX_KEY: set a long secret"),
            (
                SEAL_EXPORT_DIR and not env.str("SEAL_KEY", default=""),
                "SEAL_KEY: set the private key that signs exported seals (make_seal_key)",
            ),
            ("*" in ALLOWED_HOSTS, "ALLOWED_HOSTS: name the hosts, '*' is not one"),
            (CLOCK_SHIFT, "CLOCK_SHIFT_SECONDS: production runs on the real time"),
            (ALLOW_TEST_IDS, "ALLOW_TEST_IDS: synthetic ID numbers are for demonstration only"),
        )
        if wrong
    ]
    faults += [
        f"FIELD_KEYS: key {key} is {len(value)} bytes, not 32"
        for key, value in FIELD_KEYS.items()
        if len(value) != 32
    ]
    if faults:
        raise ImproperlyConfigured(
            "Unsafe settings: " + "; ".join(faults) + ". For a trial on this machine: make demo"
        )


if not (DEBUG or DEMO):
    _refuse_unsafe()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "simple_history",
    "template_partials",
    "django_celery_beat",
    "viewflow",
    "viewflow.workflow",
    "casework.staff",
    "casework.directory",
    "casework.ledger",
    "casework.documents",
    "casework.households",
    "casework.referrals",
    "casework.cases",
    "casework.visits",
    "evaluation",
    "evaluation.scoring",
    "evaluation.rectification",
    "evaluation.reporting",
    "workflows",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflows.middleware.PrivateAnswers",
    "workflows.middleware.Policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workflows.middleware.RequestLine",
    "workflows.middleware.PersonLanguage",
    "workflows.readlog.ReadLog",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "casework.staff.sessions.SessionLimits",
    "casework.staff.second_factor.SecondFactorFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workflows.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
    "casework.staff.clients.ClientFirst",
    "casework.staff.row_scope.RowScope",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "casework.urls"
WSGI_APPLICATION = "casework.wsgi.application"
ASGI_APPLICATION = "casework.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workflows.shell.shell",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/casework.sqlite3")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A deferred transaction that reads and then writes fails at once with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # FULL: with NORMAL a power cut may take the last acknowledged acts with it.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    # A row lock that waits for ever would hang a screen: answer "try again" after this long.
    # Compiling a statement of some milliseconds takes eighty.
    # What a connection sees outside a person's transaction: web processes say "none" (wsgi.py).
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        f"-c lock_timeout=10s -c jit=off -c casework.scope={env.str('ROW_SCOPE', default='engine')}"
    )

# A streaming replica that answers long reading: the proof of the books.
if REPLICA_URL := env.str("REPLICA_URL", default=""):
    _replica = {**env.db_url_config(REPLICA_URL), "TEST": {"MIRROR": "default"}}
    DATABASES["replica"] = DATABASES["default"] | _replica
DATABASE_ROUTERS = ["casework.lib.replica.Router"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Length and rarity, no rules of composition (ASVS 5.0.0, 6.2.1 and 6.2.4).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]
# Guessing locks the account from that address alone: its owner still signs in from elsewhere.
AUTHENTICATION_BACKENDS = [
    "casework.staff.guessing.AddressLimit",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 10
# Over all names together; an office of hundreds may stand behind one address.
ADDRESS_FAILURE_LIMIT = env.int("ADDRESS_FAILURE_LIMIT", default=100)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "workflows.views.account.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
# How many proxies of ours stand before the process; nobody else may say where a request is from.
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
# Accounts are made by the security administrator; the library leads people in, nothing more.
ACCOUNT_ADAPTER = "casework.staff.doors.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# For so long after signing in or confirming, exports and whole ID numbers need no confirmation.
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("REAUTHENTICATION_SECONDS", default=15 * 60)
MFA_ADAPTER = "casework.staff.doors.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = env.str("SITE_NAME", default="Casework")
# A telephone's clock may be half a minute off; a code is still good for one use only.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
# Level 3 of GB/T 22239-2019 asks for two factors; a demonstration shows its accounts without.
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not (DEBUG or DEMO))
# The city's own identity service, if it has one: issuer address, client and its secret.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
SOCIALACCOUNT_ADAPTER = "casework.staff.doors.CityIdentity"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
OPENID_CONNECT_URL_PREFIX = "oidc"
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "city",
                    "name": env.str("OIDC_NAME", default="City identity service"),
                    "client_id": env.str("OIDC_CLIENT_ID", default=""),
                    "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
    if OIDC_ISSUER
    else {}
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
if DEMO:
    # Its passwords are known to everybody: they are worth nothing where DEMO is off.
    PASSWORD_HASHERS.insert(0, "casework.staff.hashers.DemoPasswordHasher")

# Of all processes together: a code is used once and guesses are counted wherever they arrive.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "casework_cache",
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "casework" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "casework" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "casework.lib.static.ServedFiles",
]
# A demonstration serves its files as they lie; a server collects them once and names them by hash.
WHITENOISE_USE_FINDERS = DEBUG or DEMO
if not (DEBUG or DEMO):
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
MEDIA_ROOT = Path(env.str("FILES_DIR", default=str(VAR_DIR / "files")))

SESSION_COOKIE_HTTPONLY = True
# A session ends after this long without a request, and after this long at the latest.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=8) * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if not (DEBUG or DEMO):
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # Probes inside the machine room speak plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    # Only this host, only over TLS, may ever set them (ASVS 5.0.0, 3.3.3).
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    CSRF_COOKIE_SECURE = True

# The broker only wakes workers; the outbox table is the truth.
_BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = env.str("BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    for folder in ("queue", "control"):
        (_BROKER_DIR / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(_BROKER_DIR / "queue"),
        "data_folder_out": str(_BROKER_DIR / "queue"),
        "control_folder": str(_BROKER_DIR / "control"),
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2}
CELERY_TASK_ACKS_LATE = True
# A worker that hears nothing for this long ends itself, to be started anew; 0 never.
WORKER_DEAF_SECONDS = env.float("WORKER_DEAF_SECONDS", default=120)
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# No request publishes. The clock does, and only a retry makes it connect anew: without one it
# stays deaf for good once RabbitMQ was started again.
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0.2,
    "interval_step": 0.5,
    "interval_max": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

configure_logs()
LOGGING = logging_settings(env.str("LOG_LEVEL", default="WARNING"), as_json=not (DEBUG or DEMO))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# A caller's number is its own affair: ours cannot be forged into the log.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_CORRELATION_ID = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO

# What operators watch: the key to /metrics (none: closed), and when a disk counts as full.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
LEAST_FREE_BYTES = env.int("LEAST_FREE_BYTES", default=512 << 20)

# Scripts run only with the number of their page; nothing comes from another host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # The sign-in form may lead on to the city's identity service, and nowhere else.
        "form-action": [SELF, *([OIDC_ISSUER.rstrip("/") + "/"] if OIDC_ISSUER else [])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
