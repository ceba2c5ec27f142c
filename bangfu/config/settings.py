"""Settings. Everything an installation may choose comes from ``bangfu.config.env``."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from bangfu.config.env import Environment, database, practice_secrets
from bangfu.config.rail import RAIL

ENV = Environment()
PACKAGE = Path(__file__).resolve().parent.parent

BANGFU_PRACTICE = ENV.practice
if BANGFU_PRACTICE:
    # published accounts and no second factor: never beside real data, never where others can reach it
    if ENV.database_url and not ENV.database_url.startswith("sqlite:"):
        raise ImproperlyConfigured(
            "BANGFU_PRACTICE uses the embedded database: unset BANGFU_DATABASE_URL, or BANGFU_PRACTICE"
        )
    if not set(ENV.allowed_hosts) <= {"127.0.0.1", "localhost", "[::1]"}:
        raise ImproperlyConfigured(
            "BANGFU_PRACTICE answers on this machine only: unset BANGFU_ALLOWED_HOSTS, or BANGFU_PRACTICE"
        )
    _secrets = practice_secrets(ENV.var)
    SECRET_KEY = ENV.secret_key or _secrets["secret_key"]
    BANGFU_KEYS = ENV.keys or _secrets["keys"]
    BANGFU_ACTIVE_KEY = ENV.active_key or _secrets["active_key"]
    BANGFU_HASH_KEY = ENV.hash_key or _secrets["hash_key"]
else:
    if not (ENV.secret_key and ENV.keys and ENV.active_key and ENV.hash_key):
        raise ImproperlyConfigured(
            "BANGFU_SECRET_KEY, BANGFU_KEYS, BANGFU_ACTIVE_KEY and BANGFU_HASH_KEY are needed "
            "(or BANGFU_PRACTICE=1 for a practice installation)"
        )
    SECRET_KEY = ENV.secret_key
    BANGFU_KEYS, BANGFU_ACTIVE_KEY, BANGFU_HASH_KEY = ENV.keys, ENV.active_key, ENV.hash_key
BANGFU_CRYPTO_PROVIDER = ENV.crypto_provider
BANGFU_SECOND_FACTOR = ENV.second_factor and not BANGFU_PRACTICE
BANGFU_IDLE_SECONDS = ENV.idle_minutes * 60
BANGFU_UPLOAD_BYTES = ENV.upload_megabytes * 1024 * 1024
BANGFU_PARAMETERS = ENV.parameters
BANGFU_EVIDENCE_DIR = ENV.var / "evidence"
BANGFU_TRUSTED_PROXY = ENV.trusted_proxy
BANGFU_PUBLIC_URL = ENV.public_url
BANGFU_RAIL = RAIL
BANGFU_POPULATION_ENGINE = (
    "polars"  # what judges the register at once; "judge" asks the reference, one family after the other
)
BANGFU_HOME_NOTES = ("bangfu.rechecks.selectors.home_notes",)  # callables(desk) -> lines for the first page
BANGFU_TODAY_SOURCES = (  # what the rooms have for the list of the day (organizations/today.py)
    "bangfu.casework.selectors.today.Cases",
    "bangfu.casework.selectors.today.Clocks",
    "bangfu.rechecks.today.Findings",
    "bangfu.organizations.today.Standards",
    "bangfu.sandbox.today.Proposals",
)
BANGFU_FAMILY_HOLDS = ("bangfu.casework.holding.held",)  # callables(household pks) -> what stands in the way of a merge
BANGFU_OPEN_CLOCKS = "bangfu.casework.selectors.today.open_clocks"  # callable(desk) -> int

if ENV.debug and not BANGFU_PRACTICE:
    raise ImproperlyConfigured("BANGFU_DEBUG shows families in error pages: only with BANGFU_PRACTICE=1")
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts or (["127.0.0.1", "localhost"] if BANGFU_PRACTICE else [])
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "treebeard",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "bangfu.common",
    "bangfu.organizations",
    "bangfu.library",
    "bangfu.families",
    "bangfu.casework",
    "bangfu.portal",
    "bangfu.rechecks",
    "bangfu.sandbox",
    "bangfu.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bangfu.common.clock.ClockMiddleware",
    "bangfu.organizations.middleware.ClosedByDefaultMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "bangfu.config.urls"
WSGI_APPLICATION = "bangfu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "bangfu.organizations.context.frame",
            ],
            "builtins": ["bangfu.common.templatetags.house"],
        },
    }
]

DATABASES = {"default": database(ENV.database_url, ENV.var)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "organizations:sign_in"
LOGIN_REDIRECT_URL = "home"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username"], ["ip_address", "username"]]
AXES_LOCKOUT_CALLABLE = "bangfu.organizations.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "bangfu.organizations.middleware.origin_of"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["password", "token"]
OTP_TOTP_ISSUER = "bangfu"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # messages name people: not into a cookie
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "bangfu.organizations.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if ENV.secure and not BANGFU_PRACTICE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    if BANGFU_TRUSTED_PROXY:  # anybody can send this header; only a proxy that sets it anew makes it true
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
DATE_FORMAT = "Y-m-d"

STATIC_URL = "static/"
STATIC_ROOT = ENV.var / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "bangfu.common.storage.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
FILE_UPLOAD_HANDLERS = ["bangfu.common.uploading.BoundedUploadHandler"]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Requests and exceptions only; never form data, names or numbers. See SECURITY.md.
    "filters": {"no_personal_data": {"()": "bangfu.common.logs.NoPersonalData"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["no_personal_data"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
