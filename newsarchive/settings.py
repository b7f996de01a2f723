"""All settings in one file. docs/settings.md lists the environment variables; `env` reads and checks them."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from newsarchive.conf import databases, env
from newsarchive.runtime import logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA", BASE_DIR / "var")
INDEX_DIR = env.folder("INDEX_DIR", DATA_DIR / "index")
SEARCH = env.search_address()  # None: the embedded engine searches, with its index in INDEX_DIR
SEARCH_SHARDS = env.number("SEARCH_SHARDS", 1, least=1)
SEARCH_REPLICAS = env.number("SEARCH_REPLICAS", 1)

DEBUG = env.flag("DEBUG", default=False)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _LOOPBACK)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS", default=False)  # readers come by HTTPS, through a proxy that terminates TLS
# An archive reachable from this machine only creates its own secret key in its data folder. One that is
# served under a host name is in production: without a secret in the environment it does not start.
_LOCAL = not HTTPS and set(ALLOWED_HOSTS) <= {*_LOOPBACK, "testserver"}
if DEBUG and not _LOCAL:
    raise ImproperlyConfigured(
        "NEWSARCHIVE_DEBUG shows the program's insides to whoever meets an error: it is for one machine"
        " alone. Unset it, or NEWSARCHIVE_HTTPS and NEWSARCHIVE_ALLOWED_HOSTS."
    )
SECRET_KEY = env.secret("SECRET_KEY", own=DATA_DIR / "secret-key" if _LOCAL else None)

INSTALLED_APPS = [
    "newsarchive.admin.app.CurationConfig",  # django.contrib.admin, with a first page of its own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "newsarchive",
    "search",
]
MIDDLEWARE = [
    # First: everything after it may rely on the X-Forwarded headers.
    "newsarchive.quotas.client_ip.forwarded",
    "newsarchive.web.access_log.answering",  # outside of all others, so that its time includes theirs
    "newsarchive.web.security_headers.protected",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "newsarchive.web.access_log.probes",  # before the host name is checked and a session is read
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsarchive.web.compression.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsarchive.web.language.chosen_language",
    "newsarchive.web.api_answers.json_errors",  # inside of it: errors are in the reader's language too
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "newsarchive.urls"
WSGI_APPLICATION = "newsarchive.wsgi.application"
# Readers' pages are Jinja templates (templates/jinja2), the admin's are Django's.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "search.web.templating.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "libraries": {"archive": "search.web.templatetags.archive"},
        },
    },
]

_URL = env.database_url()
DATABASES = {
    "default": databases.postgresql(_URL) if _URL else databases.sqlite(DATA_DIR / "archive.sqlite3")
}
# Shared by the processes of one machine, or with CACHE_URL by all machines: the counters
# (newsarchive.quotas.counters) and the lengths of the work queues.
CACHE_URL = env.cache_url()
CACHES = {
    "default": {
        "BACKEND": "newsarchive.conf.cache.SharedCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "newsarchive",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": None},
    }
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "newsarchive" / "locale"]
USE_I18N = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Hong_Kong")  # for display; times are stored in UTC
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "search" / "web" / "static"]  # newsarchive/static is the admin's
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Where a log-in leads when no page of this site was asked for.
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "admin:login", "admin:index", "admin:login"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Other sites get no referrer. "no-referrer" is not possible: with it browsers send `Origin: null` with forms
# of this site too, and Django rejects all of them, the log-in first.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "newsarchive.admin.resume.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# With the __Host- prefix no other site under the same domain can set or overwrite these cookies.
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
# Requested from inside the network, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Trusted from TRUSTED_PROXIES alone: newsarchive.quotas.client_ip.forwarded removes the header from all other
# requests.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Rate limits for one client address; "off" for none, the default of an archive that serves this machine
# alone. Logged-in curators are not limited.
RATE_LIMITS = {
    "search": env.rate("RATE_LIMIT_SEARCH", "off" if _LOCAL else "120/m"),  # page, API, feed, comparisons
    "suggest": env.rate("RATE_LIMIT_SUGGEST", "off" if _LOCAL else "300/m"),
    "read": env.rate("RATE_LIMIT_READ", "off" if _LOCAL else "600/m"),  # articles, as pages and as records
}
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", "1" if HTTPS else "0")

# Limits on one request. Uploads (IMPORT_MAX_UPLOAD_BYTES) are streamed to disk and not counted here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # the longest article body, edited as a form
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an article of 500 pictures
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Limits on what an import accepts (bytes, members, ratio of unpacked to packed size).
IMPORT_MAX_FILE_BYTES = env.number("IMPORT_MAX_FILE_BYTES", 32 * 1024 * 1024, least=1024)
IMPORT_MAX_ARCHIVE_MEMBERS = env.number("IMPORT_MAX_ARCHIVE_MEMBERS", 500_000, least=1)
IMPORT_MAX_ARCHIVE_BYTES = env.number("IMPORT_MAX_ARCHIVE_BYTES", 64 * 1024**3, least=1024)
IMPORT_MAX_RATIO = env.number("IMPORT_MAX_RATIO", 200, least=2)
IMPORT_MAX_UPLOAD_BYTES = env.number("IMPORT_MAX_UPLOAD_BYTES", 1024**3, least=1024)  # uploads in the browser
IMPORT_WORKERS = env.number("IMPORT_WORKERS", 0)  # processes that parse; 0: one per core

# Limits on fetching a picture: its bytes, and the seconds for all of it, redirects included.
PICTURE_MAX_BYTES = env.number("PICTURE_MAX_BYTES", 20 * 1024 * 1024, least=1024)
PICTURE_SECONDS = env.number("PICTURE_SECONDS", 30, least=1)

# Whom readers write to about an error, and under what terms the archive may be used: on its about page.
CONTACT = env.contact("CONTACT")  # a mail address or the address of a page; "": pages offer no report
LICENCE = env.text("LICENCE", "")  # one sentence; "": nothing is said beyond the notice on every page
LICENCE_URL = env.web_address("LICENCE_URL")  # of the licence's own text

SEARCH_PAGE_SIZE = 10
# Seconds after which a process looks whether synonyms or dictionary words have changed.
VOCABULARY_SECONDS = 1.0

# What is logged about requests; newsarchive.runtime.logs says what is left out.
LOG_QUERIES = env.flag("LOG_QUERIES", default=False)
LOG_ADDRESSES = env.flag("LOG_ADDRESSES", default=False)
LOGGING = logs.configuration(
    form=env.choice("LOG_FORMAT", logs.FORMS),
    level=env.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")),
    queries=LOG_QUERIES,
)
METRICS = env.flag("METRICS", default=False)  # /metrics; without it 404, and nothing is counted
# The bearer token that a scraper must send; "": nobody needs one.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
