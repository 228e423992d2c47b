"""One actor asks for one address: what came of it, and whether anything was written."""

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.world import World, standing

REASON = "/reason/"


def client_of(world: World, actor: str) -> Client:
    """A browser in which the actor has signed in."""
    client = Client(raise_request_exception=True)
    if actor != "ANON":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[actor]
    return client


def outcome_of(answer: HttpResponse) -> str:
    """The outcome in the words of the table."""
    if answer.status_code == 302:
        if answer["Location"].startswith(reverse("login")):
            return "login"
        return "reason" if REASON in answer["Location"] else "open"
    known = {401: "unproved", 403: "role", 404: "absent", 405: "method"}
    known |= dict.fromkeys((200, 204, 409, 422), "open")
    return known.get(answer.status_code, str(answer.status_code))


def program_of(world: World, actor: str) -> Client:
    """A program that comes in with a token of the actor's account."""
    token = world.tokens.get(actor)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return Client(raise_request_exception=True, **headers)


def ask(
    world: World, actor: str, method: str, address: str, *, program: bool = False
) -> tuple[str, HttpResponse, bool]:
    """The outcome, the answer, and whether anything changed; all of it is taken back."""
    with transaction.atomic():
        client = program_of(world, actor) if program else client_of(world, actor)
        kind = "application/json" if program else "application/x-www-form-urlencoded"
        answer = client.generic(method, address, "{}" if program else "", content_type=kind)
        changed = method == "POST" and standing() != world.standing
        transaction.set_rollback(True)
    assert not connection.needs_rollback
    return outcome_of(answer), answer, changed  # type: ignore[return-value]
