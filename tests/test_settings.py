"""Production refuses to start with values that are safe only in a demonstration."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEY = "k1:" + base64.b64encode(b"x" * 32).decode()
SAFE = {
    "SECRET_KEY": "a-long-secret-given-from-outside-of-the-code",
    "FIELD_KEYS": KEY,
    "BLIND_INDEX_KEY": "another-long-secret-given-from-outside",
    "ALLOWED_HOSTS": "casework.example",
}
QUESTION = "import django; django.setup(); from django.conf import settings as s; "


def start(
    environment: dict[str, str], tmp_path: Path, question: str = ""
) -> subprocess.CompletedProcess[str]:
    """Start the project in a process of its own with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", QUESTION + question],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "casework.settings",
            "VAR_DIR": str(tmp_path),
            # Whatever the local set-up wrote must not decide what production refuses.
            "ENV_FILE": str(tmp_path / "env"),
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_safe_values_start(tmp_path: Path) -> None:
    started = start(SAFE, tmp_path)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS"),
        ({"FIELD_KEYS": "k1:" + base64.b64encode(b"short").decode()}, "FIELD_KEYS: key k1"),
        ({"FIELD_KEYS": f"{KEY},k2:{base64.b64encode(b'no').decode()}"}, "FIELD_KEYS: key k2"),
        ({"BLIND_INDEX_KEY": None}, "BLIND_INDEX_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "casework.example,*"}, "ALLOWED_HOSTS"),
        ({"ALLOW_TEST_IDS": "1"}, "ALLOW_TEST_IDS"),
    ],
)
def test_unsafe_value_refuses_and_names_itself(
    change: dict[str, str | None], complaint: str, tmp_path: Path
) -> None:
    environment = {name: value for name, value in {**SAFE, **change}.items() if value is not None}
    refused = start(environment, tmp_path)
    assert refused.returncode != 0
    assert "Unsafe settings" in refused.stderr
    assert complaint in refused.stderr


def test_refusal_never_repeats_a_secret(tmp_path: Path) -> None:
    refused = start({**SAFE, "ALLOWED_HOSTS": "*"}, tmp_path)
    for name in ("SECRET_KEY", "BLIND_INDEX_KEY"):
        assert SAFE[name] not in refused.stderr
    assert KEY.partition(":")[2] not in refused.stderr


def test_production_cookies_and_transport_are_secure(tmp_path: Path) -> None:
    checks = (
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SECURE_SSL_REDIRECT;"
        "assert s.SECURE_HSTS_SECONDS >= 31_536_000 and not s.DEBUG"
    )
    started = start(SAFE, tmp_path, checks)
    assert started.returncode == 0, started.stderr


def test_demonstration_starts_with_nothing_set(tmp_path: Path) -> None:
    started = start({"DEMO": "1"}, tmp_path)
    assert started.returncode == 0, started.stderr


def test_sqlite_takes_its_write_lock_at_once(tmp_path: Path) -> None:
    checks = "assert s.DATABASES['default']['OPTIONS']['transaction_mode'] == 'IMMEDIATE'"
    started = start(SAFE, tmp_path, checks)
    assert started.returncode == 0, started.stderr


def test_postgres_waits_for_a_row_lock_only_so_long(tmp_path: Path) -> None:
    checks = "assert 'lock_timeout' in s.DATABASES['default']['OPTIONS']['options']"
    started = start({**SAFE, "DATABASE_URL": "postgres://a:b@127.0.0.1/c"}, tmp_path, checks)
    assert started.returncode == 0, started.stderr


def test_a_broker_that_hangs_cannot_hang_a_worker(tmp_path: Path) -> None:
    checks = "assert s.CELERY_BROKER_TRANSPORT_OPTIONS['socket_timeout'] <= 5"
    started = start({**SAFE, "BROKER_URL": "redis://127.0.0.1:6379/0"}, tmp_path, checks)
    assert started.returncode == 0, started.stderr


def test_a_local_settings_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("DEMO=1\nALLOW_TEST_IDS=1\nLOG_LEVEL=ERROR\n")
    question = "print(s.DEMO, s.ALLOW_TEST_IDS, s.LOGGING['root']['level'])"
    started = start({"LOG_LEVEL": "INFO"}, tmp_path, question)
    assert started.stdout.split() == ["True", "True", "INFO"], started.stderr
