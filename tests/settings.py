"""The project's settings, with a data folder that is thrown away and a secret that is none."""

import atexit
import os
import shutil
import tempfile

if "NEWSARCHIVE_DATA" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="newsarchive-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["NEWSARCHIVE_DATA"] = _folder
os.environ.setdefault("NEWSARCHIVE_SECRET_KEY", "for-tests-only-" + "x" * 50)

from newsarchive.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
