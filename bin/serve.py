#!/usr/bin/env python3
"""Serve the site with its worker and clock until interrupted.

When one of them ends, all end; a worker that lives but does nothing is started anew.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "bin"
ADDRESS = os.environ.get("BIND", "127.0.0.1:8000")
PATIENCE_SECONDS = 15
# A worker that finished no job for this long is deaf, though it lives; 0 never restarts one.
DEAF_SECONDS = float(os.environ.get("WORKER_DEAF_SECONDS", "120"))

COMMANDS = {
    "web": [
        str(TOOLS / "gunicorn"),
        "casework.wsgi",
        f"--bind={ADDRESS}",
        "--workers=2",
        "--threads=4",
        "--log-level=warning",
    ],
    "worker": [
        str(TOOLS / "celery"),
        "--quiet",
        "--app=casework",
        "worker",
        "--queues=acts,documents,reports,imports",
        "--concurrency=2",
        "--loglevel=WARNING",
        "--without-mingle",
        "--without-gossip",
    ],
    "beat": [
        str(TOOLS / "celery"),
        "--quiet",
        "--app=casework",
        "beat",
        "--scheduler=django_celery_beat.schedulers:DatabaseScheduler",
        "--pidfile=",
        "--loglevel=WARNING",
    ],
}


class Stopped(Exception):
    """Somebody asked us to end."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def demo_clock() -> dict[str, str]:
    """A demonstration goes on from where its season ended, unless a clock is set from outside."""
    written = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "demo" / "clock.env"
    if "CLOCK_SHIFT_SECONDS" in os.environ or not written.is_file():
        return {}
    lines = (line.partition("=") for line in written.read_text().splitlines())
    return {name: value for name, _, value in lines if name == "CLOCK_SHIFT_SECONDS"}


def start(*names: str) -> dict[str, subprocess.Popen[bytes]]:
    """Start all, or those named, each in a session of its own: only we pass signals on."""
    environment = {**os.environ, **demo_clock(), "PYTHONUNBUFFERED": "1"}
    if os.geteuid() == 0:
        # Celery refuses root unless told so; a container's only user is often root.
        environment["C_FORCE_ROOT"] = "1"
    return {
        name: subprocess.Popen(COMMANDS[name], cwd=ROOT, env=environment, start_new_session=True)
        for name in names or COMMANDS
    }


def watch(running: dict[str, subprocess.Popen[bytes]]) -> str:
    """Wait until one process ends by itself; answer which and how."""
    awake_since = time.time()
    while True:
        ended = {name: p.returncode for name, p in running.items() if p.poll() is not None}
        # A worker that found itself deaf ends by itself; one that never began ends all.
        tired = set(ended) == {"worker"} and time.time() - awake_since > DEAF_SECONDS / 2
        if ended and not tired:
            return ", ".join(f"{name} ended with status {status}" for name, status in ended.items())
        if tired or is_deaf(awake_since):
            print("serve: the worker does nothing; starting it again", file=sys.stderr, flush=True)
            restart(running)
            awake_since = time.time()
        time.sleep(0.5)


def is_deaf(awake_since: float) -> bool:
    """Whether the worker has finished no job for too long, counted from its start."""
    beat = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "worker.beat"
    last = beat.stat().st_mtime if beat.is_file() else 0.0
    return bool(DEAF_SECONDS) and time.time() - max(last, awake_since) > DEAF_SECONDS


def restart(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the worker and the clock that wakes it, at once, and start them anew."""
    for name in ("worker", "beat"):
        with suppress(ProcessLookupError):
            os.killpg(running[name].pid, signal.SIGKILL)
        running[name].wait()
    running.update(start("worker", "beat"))


def stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask every process to finish what it is doing, then insist."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in running.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main() -> int:
    """Serve until interrupted (status 0) or until a process ends by itself (status 1)."""
    for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(request, _stop)
    # Static files come from the packages themselves here; the folder they are collected in on a
    # server has to exist all the same.
    (Path(os.environ.get("VAR_DIR", ROOT / "var")) / "static").mkdir(parents=True, exist_ok=True)
    running = start()
    try:
        print(f"Serving at http://{ADDRESS}/ - Ctrl-C ends it.", flush=True)
        print(f"serve: {watch(running)}; ending the others", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        # A second Ctrl-C must not leave half of them running.
        for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(request, signal.SIG_IGN)
        stop(running)


if __name__ == "__main__":
    raise SystemExit(main())
