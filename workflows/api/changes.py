"""The feed of changes, and the webhooks through which a program is told of them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.errors import Incomplete, NotFound
from casework.staff.models import ClientScope
from workflows import feed, webhooks
from workflows.api import shapes
from workflows.api.base import Door, asking, client, raw
from workflows.models import Webhook

_LARGEST = 2**63 - 1


class WebhookIn(s.Serializer[Any]):
    url = s.CharField(max_length=300)


class ReplayIn(s.Serializer[Any]):
    after = s.IntegerField(min_value=0, max_value=_LARGEST)


class WebhookRow(s.Serializer[Any]):
    """Where changes are sent; the secret is told once, when it is made."""

    id = s.IntegerField()
    url = s.CharField()
    created_at = s.DateTimeField()
    cursor = s.IntegerField()
    secret = s.CharField(required=False)


class Changes(Door):
    """Acts within the program's reach, in the order of the feed; ask again from `last`."""

    scope = ClientScope.CHANGES
    asks = frozenset({"after"})

    @extend_schema(
        operation_id="changes",
        parameters=[
            OpenApiParameter("after", {"type": "integer", "minimum": 0, "maximum": _LARGEST})
        ],
        responses=shapes.ChangePage,
    )
    def get(self, request: Request) -> Response:
        after = _position(request.query_params.get("after", "0"))
        feed.advance()
        newest = feed.last_position()
        rows = feed.entries_after(asking(request), after, upto=newest)
        note_list(raw(request), "change", (row.position for row in rows))
        last = rows[-1].position if len(rows) == feed.SIZE else max(newest, after)
        return Response({"results": feed.told(rows), "last": last})


class Webhooks(Door):
    """The program's webhooks."""

    scope = ClientScope.CHANGES

    @extend_schema(operation_id="webhooks", responses=WebhookRow(many=True))
    def get(self, request: Request) -> Response:
        return Response([_hook(row) for row in _hooks(request).order_by("pk")])

    @extend_schema(operation_id="open_webhook", request=WebhookIn, responses={201: WebhookRow})
    def post(self, request: Request) -> Response:
        form = WebhookIn(data=request.data)
        form.is_valid(raise_exception=True)
        hook, secret = webhooks.open_webhook(client(request), form.validated_data["url"])
        return Response(_hook(hook) | {"secret": secret}, status=201)


class WebhookOne(Door):
    """One webhook."""

    scope = ClientScope.CHANGES

    @extend_schema(operation_id="end_webhook", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        hook = _found(request, pk)
        Webhook.objects.filter(pk=hook.pk, ended_at=None).update(ended_at=clock.now())
        return Response(status=204)


class WebhookReplay(Door):
    """Tell the changes after a position once more."""

    scope = ClientScope.CHANGES

    @extend_schema(operation_id="replay_webhook", request=ReplayIn, responses=WebhookRow)
    def post(self, request: Request, pk: int) -> Response:
        hook = _found(request, pk)
        form = ReplayIn(data=request.data)
        form.is_valid(raise_exception=True)
        webhooks.replay(hook, form.validated_data["after"])
        return Response(_hook(Webhook.objects.get(pk=hook.pk)))


def _hooks(request: Request) -> Any:
    return Webhook.objects.filter(client=client(request), ended_at=None)


def _found(request: Request, pk: int) -> Webhook:
    hook: Webhook | None = _hooks(request).filter(pk=pk).first() if pk <= _LARGEST else None
    if hook is None:
        raise NotFound(_("There is no such webhook."))
    return hook


def _hook(row: Webhook) -> dict[str, Any]:
    return {"id": row.pk, "url": row.url, "created_at": row.created_at, "cursor": row.cursor}


def _position(typed: str) -> int:
    if not typed.isascii() or not typed.isdecimal() or int(typed[:20]) > _LARGEST:
        words = _("Give the position after which you want to read.")
        raise Incomplete(words, {"after": words})
    return int(typed)
