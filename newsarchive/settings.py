"""All settings, one file. docs/settings.md lists the variables; `env` reads and checks them."""

from __future__ import annotations

from pathlib import Path

from . import env

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
SECRET_KEY = env.secret("SECRET_KEY", own=DATA_DIR / "secret-key" if _LOCAL else None)

INSTALLED_APPS = [
    "newsarchive.admin_app.CurationConfig",  # django.contrib.admin, with a first page of its own
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
    "django.middleware.security.SecurityMiddleware",
    "newsarchive.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsarchive.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "newsarchive.urls"
WSGI_APPLICATION = "newsarchive.wsgi.application"
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
                "django.template.context_processors.i18n",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "archive.sqlite3",
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # WAL: readers go on while an import writes. IMMEDIATE: a writer waits its turn at BEGIN
            # instead of failing at its first write.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;"
                "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
            ),
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
        },
    }
}
# Shared by the processes: counts of failed log-ins, lengths of the work queues.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}
if env.frozen(DATA_DIR / "archive.sqlite3"):  # readers are served all the same
    DATABASES["default"] |= {
        "NAME": f"{(DATA_DIR / 'archive.sqlite3').as_uri()}?immutable=1",
        "OPTIONS": {"uri": True, "init_command": "PRAGMA query_only=1"},
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
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SECURE_CONTENT_TYPE_NOSNIFF = True
# Other sites learn nothing. Not "no-referrer": under it browsers send `Origin: null` with the forms of
# this site too, and Django refuses every one of them, the log-in first.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# Limits on what an import takes in (bytes, members, how many times larger than packed).
IMPORT_MAX_FILE_BYTES = env.number("IMPORT_MAX_FILE_BYTES", 32 * 1024 * 1024, least=1024)
IMPORT_MAX_ARCHIVE_MEMBERS = env.number("IMPORT_MAX_ARCHIVE_MEMBERS", 500_000, least=1)
IMPORT_MAX_ARCHIVE_BYTES = env.number("IMPORT_MAX_ARCHIVE_BYTES", 64 * 1024**3, least=1024)
IMPORT_MAX_RATIO = env.number("IMPORT_MAX_RATIO", 200, least=2)
IMPORT_MAX_UPLOAD_BYTES = env.number("IMPORT_MAX_UPLOAD_BYTES", 1024**3, least=1024)  # in the browser
IMPORT_WORKERS = env.number("IMPORT_WORKERS", 0)  # processes that parse; 0: one per core

SEARCH_PAGE_SIZE = 10
VOCABULARY_SECONDS = 1.0  # how old synonyms and dictionary words may be in a process

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
