"""The project's settings, with a data folder that is thrown away."""

import atexit
import os
import shutil
import tempfile

# Each worker of pytest-xdist has its own, although what started it left one in the environment. The commands
# that a test starts keep the folder that the test gives them.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "NEWSARCHIVE_DATA" not in os.environ or _worker != os.environ.get("DATA_FOLDER_OF_WORKER", ""):
    os.environ["DATA_FOLDER_OF_WORKER"] = _worker
    _folder = tempfile.mkdtemp(prefix="newsarchive-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["NEWSARCHIVE_DATA"] = _folder

from newsarchive.settings import *  # noqa: E402, F403
from newsarchive.settings import STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns without it

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
VOCABULARY_SECONDS = 0.0  # each test has rows of its own
