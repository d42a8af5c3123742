"""One block of settings, read from the environment; the defaults are the embedded demo (SQLite, nothing to install)."""

from importlib.util import find_spec
from pathlib import Path
from shlex import split
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# Everything made at run time.
VAR_DIR = Path(env.str("PCC_VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _own_secret_key() -> str:
    """The key of this installation, made once. Production sets SECRET_KEY instead."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


def _origin(address: str) -> str:
    """Whom an address asks: « https://{s}.tuiles.exemple.fr/{z}… » gives « https://*.tuiles.exemple.fr »."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or _own_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
# The address that mails point to.
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
# Where the code that runs here can be read: the licence asks for it.
SOURCE_URL = env.str("PCC_SOURCE_URL", "")
# Who answers for this installation and its suggestions, and the mail address to write to.
OPERATOR = env.str("PCC_OPERATOR", "")
CONTACT = env.str("PCC_CONTACT", "")

INSTALLED_APPS = [
    "pcc",
    "tasks",
    "cms",
    "matching.screens",
    "matching.exchange",
    "matching.notices",
    "matching.moderation",
    "matching.partnerships",
    "matching.suggestions",
    "matching.catalogue",
    "matching.organisations",
    "matching.people",
    "matching.territories",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "django_q",
    "simple_history",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "matching.screens.anonymous.StrangersPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Deny by default: a view that strangers may see says so with @login_not_required.
    "matching.screens.signed_out.KeepTypedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "pcc.urls"
WSGI_APPLICATION = "pcc.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "pcc" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "matching.screens.context.acting_for",
            ],
        },
    }
]

# --- Database: SQLite without waiting writers by default, PostgreSQL by DATABASE_URL ---
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'pcc.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis is a cache only, never the queue: it would lose tasks.
REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    # What limits count, pages kept for strangers, and parts of pages: none of them pushes another out.
    name: {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": name}
    if REDIS_URL and name != "parts"
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": most},
    }
    for name, most in (("default", 5_000), ("pages", 500), ("parts", 5_000))
}

# --- Queue: lives in the main database, so that a task commits or vanishes with the fact ---
WORKERS = env.int("PCC_WORKERS", 2)
Q_CLUSTER = {
    "name": "pcc",
    "orm": "default",
    # In order, and each cluster answers its own watchdog first.
    "broker_class": "tasks.broker.OrderedBroker",
    "workers": WORKERS,
    "timeout": 120,
    "retry": 300,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "bulk": 1,
    "queue_limit": 2 * WORKERS,
    "save_limit": 100,
    "recycle": 200,
    "max_rss": 1_500_000,
    "poll": env.float("PCC_QUEUE_POLL", 0.2),
}

# --- People ---
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["matching.people.doors.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# Behind so many proxies of ours, X-Forwarded-For tells who asks: limits count by address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PCC_TRUSTED_PROXIES", 0)

# --- Maps draw what was loaded; a server of tiles is asked only where one is named here ---
TILES_URL = env.str("PCC_TILES_URL", "")  # https://tuiles.exemple.fr/{z}/{x}/{y}.png
TILES_CREDIT = env.str("PCC_TILES_CREDIT", "")

# --- Solicitations ---
# So that nobody is overwhelmed: how many others an organisation may solicit first in seven days, by a message, a
# proposal or something passed on; and how many first messages and proposals a collective receives in that time.
# From how many places, départements and variants on a recipe is "reproduite" or "diffusée". Shown on its page.
RECIPE_LADDER = {
    "reproduced": {"places": env.int("PCC_RECIPE_REPRODUCED_PLACES", 2)},
    "spread": {
        "places": env.int("PCC_RECIPE_SPREAD_PLACES", 5),
        "departements": env.int("PCC_RECIPE_SPREAD_DEPARTEMENTS", 2),
        "variants": env.int("PCC_RECIPE_SPREAD_VARIANTS", 1),
    },
}
SOLICITATIONS_A_WEEK = env.int("PCC_SOLICITATIONS_A_WEEK", 20)
SOLICITATIONS_RECEIVED_A_WEEK = env.int("PCC_SOLICITATIONS_RECEIVED_A_WEEK", 10)

# --- Languages and time ---
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "pcc" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Of django-leaflet only its static files are used: the application itself would ask for GeoDjango's libraries.
LEAFLET = find_spec("leaflet")
STATICFILES_DIRS = [
    BASE_DIR / "pcc" / "static",
    *(Path(place) / "static" for place in LEAFLET.submodule_search_locations),
]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # What goes with messages: given by a view that asks who reads, never by an address of the folder.
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "attachments", "base_url": None, "file_permissions_mode": 0o600},
    },
}
# Bytes: one file, the files of one message, those of a whole conversation.
ATTACHMENT_LARGEST = env.int("PCC_ATTACHMENT_LARGEST", 10_000_000)
ATTACHMENTS_LARGEST_TOTAL = env.int("PCC_ATTACHMENTS_LARGEST_TOTAL", 20_000_000)
ATTACHMENTS_LARGEST_CONVERSATION = env.int("PCC_ATTACHMENTS_LARGEST_CONVERSATION", 200_000_000)
ATTACHMENTS_MOST = env.int("PCC_ATTACHMENTS_MOST", 5)
# A command that reads a file on its standard input and ends with 0 (sound) or 1 (refused), as clamdscan does:
# "clamdscan --no-summary -". Anything else, or no answer, lets nothing through. Empty: nothing is scanned.
ATTACHMENT_SCANNER = split(env.str("PCC_ATTACHMENT_SCANNER", ""))
MATCHER_DIR = VAR_DIR / "matcher"
# The biggest text that a form accepts is far below: a clear sentence, not a refusal of the request.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# --- Mail: written to files until a server is named ---
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Partenariats citoyens <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# From this hour of the evening to that of the morning, and on Sundays, no notice leaves, by the clock of its reader
# and unless they chose so. "20-8", or empty for none: files wake nobody.
_quiet = env.str("PCC_QUIET_HOURS", "20-8" if EMAIL_URL else "")
QUIET_HOURS = tuple(int(hour) for hour in _quiet.split("-")) if _quiet else None

# --- Wagtail ---
WAGTAIL_SITE_NAME = "Partenariats citoyens"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_RESET_ENABLED = False
# One door for everybody: the account pages, with their limits on guesses.
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("fr", "Français")]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif"]
WAGTAILDOCS_EXTENSIONS = ["pdf", "odt", "ods", "csv", "txt"]

# --- Safety ---
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview shows pages in a frame of its own admin.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/redaction/", "/gestion/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([_origin(TILES_URL)] if TILES_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {"django-q": {"level": "WARNING"}},
}
