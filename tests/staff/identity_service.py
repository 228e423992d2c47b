"""A small identity service of OpenID Connect: whoever asks is the person it was told of."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "casework", "the client's secret"


class Service(ThreadingHTTPServer):
    """Issuer, endpoints and the one person who is at its door."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.person: dict[str, Any] = {"sub": "1", "preferred_username": "mei"}
        self.codes: dict[str, str] = {}
        self.tokens: set[str] = set()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Service

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        place, asked = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
        if place.path == "/.well-known/openid-configuration":
            issuer = self.server.issuer
            self._say(
                issuer=issuer,
                authorization_endpoint=f"{issuer}/authorize",
                token_endpoint=f"{issuer}/token",
                userinfo_endpoint=f"{issuer}/me",
                token_endpoint_auth_methods_supported=["client_secret_post"],
            )
        elif place.path == "/authorize":
            code = secrets.token_hex(8)
            self.server.codes[code] = asked["code_challenge"][0]
            back = urlencode({"code": code, "state": asked["state"][0]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
            self.end_headers()
        elif place.path == "/me":
            token = self.headers["Authorization"].removeprefix("Bearer ")
            self._say(**self.server.person) if token in self.server.tokens else self._refuse()

    def do_POST(self) -> None:
        told = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        proof = hashlib.sha256(told.get("code_verifier", [""])[0].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        known = self.server.codes.pop(told["code"][0], "")
        right = (told.get("client_id"), told.get("client_secret")) == ([CLIENT], [SECRET])
        if not known or challenge != known or not right:
            self._refuse()
            return
        token = secrets.token_hex(8)
        self.server.tokens.add(token)
        self._say(access_token=token, token_type="Bearer", expires_in=60)

    def _say(self, **told: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def _refuse(self) -> None:
        self.send_response(400)
        self.end_headers()


@contextmanager
def identity_service() -> Iterator[Service]:
    """The service, running."""
    service = Service()
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()
