"""A server as the README sets it up: files collected, cookies bound, the first page opens."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.faults.ground import ROOT

ASK = """
import json, re, django
django.setup()
from django.test import Client
from casework.staff.models import User
from casework.staff.operations import grant_membership
word = "correct horse battery"
user = User.objects.create_user(username="li", password=word)
grant_membership(user=user, role="CA", by=None, division="110000")
client = Client(SERVER_NAME="city.example", enforce_csrf_checks=True)
page = client.get("/login/", secure=True)
token = re.search('csrfmiddlewaretoken" value="([^"]+)', page.content.decode()).group(1)
given = {"username": "li", "password": word, "csrfmiddlewaretoken": token}
done = client.post("/login/", given, secure=True, headers={"Referer": "https://city.example/"})
links = re.findall('(?:href|src)="(/static/[^"#]+)', page.content.decode())
print(json.dumps({
    "plain": Client(SERVER_NAME="city.example").get("/login/").status_code,
    "login": page.status_code, "signed_in": done.status_code, "links": links,
    "cookies": {name: [bool(c["secure"]), c["path"], c["domain"]]
                for answer in (page, done) for name, c in answer.cookies.items()},
    "hsts": page.headers.get("Strict-Transport-Security", ""),
    "home": client.get("/", secure=True).headers.get("Location"),
    "setup": client.get("/account/mfa/", secure=True).status_code,
}))
"""


def test_a_server_without_demonstration_opens_its_first_page(tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "casework.settings",
        "SECRET_KEY": base64.b64encode(bytes(range(60))).decode(),
        "FIELD_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
        "BLIND_INDEX_KEY": "b" * 40,
        "ALLOWED_HOSTS": "city.example",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    run("manage.py", "migrate", "--verbosity", "0")
    run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    assert "no issues" in run("manage.py", "check", "--deploy", "--database", "default")
    told = json.loads(run("-c", ASK).splitlines()[-1])
    assert (told["plain"], told["login"], told["signed_in"]) == (301, 200, 302)
    assert set(told["cookies"]) == {"__Host-session", "__Host-csrf"}
    assert all(cookie == [True, "/", ""] for cookie in told["cookies"].values())
    assert told["hsts"].startswith("max-age=31536000")
    # Without a second factor nothing opens but its set-up.
    assert (told["home"], told["setup"]) == ("/account/mfa/", 200)
    assert told["links"]
    for link in told["links"]:
        assert (tmp_path / "static" / link.removeprefix("/static/")).is_file(), link
