"""The project's own settings, with a scratch folder per run so that no test touches var/."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# What this checkout serves with (.env) is none of the tests' business.
os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("ALLOW_TEST_IDS", "1")
# xdist workers inherit the folder from the first process, which alone removes it.
if "CASEWORK_TEST_VAR" not in os.environ:
    _scratch = tempfile.mkdtemp(prefix="casework-test-")
    os.environ["CASEWORK_TEST_VAR"] = _scratch
    atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ["VAR_DIR"] = os.environ["CASEWORK_TEST_VAR"]
os.environ["FILES_DIR"] = str(Path(os.environ["VAR_DIR"]) / "files")
(Path(os.environ["VAR_DIR"]) / "static").mkdir(exist_ok=True)
os.environ.pop("BROKER_URL", None)

from casework.settings import *  # noqa: E402, F403
from casework.settings import DATABASES, VAR_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in use: the in-memory database locks by other rules.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A slow hash protects people's passwords; the cast of the tests has none to protect.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test client begins a handler of its own, which would go through all static files each time.
WHITENOISE_AUTOREFRESH = True
