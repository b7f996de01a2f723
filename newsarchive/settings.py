"""All settings, one file. docs/settings.md lists the variables; `env` reads and checks them."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from newsarchive.conf import databases, env
from newsarchive.runtime import logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA", BASE_DIR / "var")
INDEX_DIR = env.folder("INDEX_DIR", DATA_DIR / "index")
SEARCH = env.search_address()  # None: the embedded engine, in INDEX_DIR
SEARCH_SHARDS = env.number("SEARCH_SHARDS", 1, least=1)
SEARCH_REPLICAS = env.number("SEARCH_REPLICAS", 1)

DEBUG = env.flag("DEBUG", default=False)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _LOOPBACK)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS", default=False)  # behind a proxy that ends TLS
# An archive that answers to this machine alone keeps a secret of its own beside its data. One that is
# served under a name is in production: its secret comes from the environment, or it does not start.
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
    "newsarchive.quotas.client_ip.forwarded",  # before anybody reads what proxies say
    "newsarchive.web.access_log.answering",  # first of the others: its time is the time of everything below
    "newsarchive.web.security_headers.protected",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "newsarchive.web.access_log.probes",  # before anything that asks for the right name, or a session
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsarchive.web.language.chosen_language",
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
# Shared by the processes of one machine, or with CACHE_URL by all machines: what is counted
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
TIME_ZONE = env.text("TIME_ZONE", "Asia/Hong_Kong")  # for showing; times are UTC inside
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

# Where a log-in leads that names no page of this site to go on to.
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "admin:login", "admin:index", "admin:login"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Other sites learn nothing. Not "no-referrer": under it browsers send `Origin: null` with the forms of
# this site too, and Django refuses every one of them, the log-in first.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "newsarchive.admin.resume.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
if HTTPS:  # the prefix: no neighbour under the same domain can set or overwrite them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Believed of TRUSTED_PROXIES alone: newsarchive.quotas.client_ip.forwarded takes it from all other requests.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# How often one address may ask; "off" for no limit, as on an archive that serves this machine alone.
# Curators who have logged in are not limited.
RATE_LIMITS = {
    "search": env.rate("RATE_LIMIT_SEARCH", "off" if _LOCAL else "120/m"),  # page, API, feed, comparisons
    "suggest": env.rate("RATE_LIMIT_SUGGEST", "off" if _LOCAL else "300/m"),
    "read": env.rate("RATE_LIMIT_READ", "off" if _LOCAL else "600/m"),  # articles, as pages and as records
}
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", "1" if HTTPS else "0")

# What a request may bring. Uploads (IMPORT_MAX_UPLOAD_BYTES) are streamed to the disk and not counted here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # the longest article body, edited as a form
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an article of 500 pictures
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Limits on what an import takes in (bytes, members, how many times larger than packed).
IMPORT_MAX_FILE_BYTES = env.number("IMPORT_MAX_FILE_BYTES", 32 * 1024 * 1024, least=1024)
IMPORT_MAX_ARCHIVE_MEMBERS = env.number("IMPORT_MAX_ARCHIVE_MEMBERS", 500_000, least=1)
IMPORT_MAX_ARCHIVE_BYTES = env.number("IMPORT_MAX_ARCHIVE_BYTES", 64 * 1024**3, least=1024)
IMPORT_MAX_RATIO = env.number("IMPORT_MAX_RATIO", 200, least=2)
IMPORT_MAX_UPLOAD_BYTES = env.number("IMPORT_MAX_UPLOAD_BYTES", 1024**3, least=1024)  # in the browser
IMPORT_WORKERS = env.number("IMPORT_WORKERS", 0)  # processes that parse; 0: one per core

# Of local copies of pictures: of one of them, and what one may take in all.
PICTURE_MAX_BYTES = env.number("PICTURE_MAX_BYTES", 20 * 1024 * 1024, least=1024)
PICTURE_SECONDS = env.number("PICTURE_SECONDS", 30, least=1)

SEARCH_PAGE_SIZE = 10
VOCABULARY_SECONDS = 1.0  # how old synonyms and dictionary words may be in a process

# What is written of requests; see newsarchive.runtime.logs for what is kept out.
LOG_QUERIES = env.flag("LOG_QUERIES", default=False)
LOG_ADDRESSES = env.flag("LOG_ADDRESSES", default=False)
LOGGING = logs.configuration(
    form=env.choice("LOG_FORMAT", logs.FORMS),
    level=env.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")),
    queries=LOG_QUERIES,
)
METRICS = env.flag("METRICS", default=False)  # /metrics; without it 404, and nothing is counted
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # what a scraper must show; "": whoever reaches the address
