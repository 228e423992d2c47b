"""Acting screens: one form, one act, back to the page it belongs to."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.cases.doubts import doubts_of
from casework.cases.models import HelpCase
from casework.ledger.models import Answer
from casework.ledger.reading import note_sought
from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import roles_on_order
from evaluation.scheme import scheme_on
from workflows.acts import ACTS, ActSpec
from workflows.drafts import draft_of, drop_draft, keep_draft, typed_before
from workflows.forms import FIELDWORK, FORMS, REVISITS, SCORE_SHEETS
from workflows.forms.base import ActForm, grown
from workflows.lists import open_items
from workflows.pages.offers import Offers, case_offers, order_offers
from workflows.pages.revisits import contact_of
from workflows.pages.tasks import name_of
from workflows.pages.words import Words
from workflows.perform import not_of_this_role, perform
from workflows.views.common import case_in_sight, person, reason_first, tell_recorded


@dataclass(frozen=True)
class Acting:
    """One act about to be performed: on what, by whom, and where the way back leads."""

    spec: ActSpec
    subject: HelpCase | RectificationOrder
    title: str
    number: str
    back: str
    parent: tuple[Words, str]
    offers: Offers
    roles: frozenset[str]

    @property
    def named(self) -> tuple[str, int]:
        """The subject as the books name it."""
        return self.spec.subject, self.subject.pk


def act_page(request: HttpRequest, case_no: str, act: str) -> HttpResponse:
    """Perform one act on a case."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    home = reverse("case_page", args=[case.case_no])
    acting = Acting(
        spec=act_named(act, "case"),
        subject=case,
        title=name_of(case),
        number=case.case_no,
        # Leave to read the case may end with the answers: the way back is the list.
        back=reverse("fieldwork") if act in FIELDWORK else home,
        parent=(name_of(case), home),
        offers=case_offers(case, set(sight.roles)),
        roles=sight.roles,
    )
    return _act(request, acting)


def score_sheet(request: HttpRequest, case_no: str) -> HttpResponse:
    """The score sheet that the case waits for: the first, or the one after rectification."""
    case, _sight = case_in_sight(request, case_no)
    waiting = open_items().filter(subject_type="case", subject_id=case.pk, step="rescore")
    return act_page(request, case_no, "rescore" if waiting.exists() else "submit_scores")


def order_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Perform one act on a rectification order."""
    order, roles = order_in_reach(request, pk)
    back = reverse("order_page", args=[order.pk])
    acting = Acting(
        spec=act_named(act, "order"),
        subject=order,
        title=str(order.provider or order.street),
        number=order.number_base,
        back=back,
        parent=(order.number_base, back),
        offers=order_offers(order, roles),
        roles=frozenset(roles),
    )
    return _act(request, acting)


def order_in_reach(request: HttpRequest, pk: int) -> tuple[RectificationOrder, set[str]]:
    """An order and the reader's roles towards it."""
    rows = RectificationOrder.objects.select_related("street", "provider")
    note_sought(request, "order", RectificationOrder.objects.filter(pk=pk))
    order = rows.filter(pk=pk).first()
    roles = roles_on_order(order, person(request), clock.today()) if order else set()
    if order is None or not roles:
        raise NotFound(_("There is no such order, or it is not within your reach."))
    return order, roles


def act_named(act: str, subject: str) -> ActSpec:
    """An act that a person performs on subjects of a kind; NotFound where there is none."""
    spec = ACTS.get(act)
    if spec is None or spec.subject != subject or act not in FORMS:
        raise NotFound(_("There is no such act here."))
    return spec


@require_http_methods(["GET", "HEAD", "POST"])
def _act(request: HttpRequest, acting: Acting) -> HttpResponse:
    if not acting.roles & acting.spec.roles:
        raise not_of_this_role(acting.spec)
    if request.method != "POST":
        why = _why_not(acting)
        if why:
            context = {"message": why, "back": acting.back}
            return render(request, "409.html", context, status=409)
        return _show(request, acting, _fresh(request, acting))
    grow = request.POST.get("more")
    if grow:
        form = _form(request, acting, grown(request.POST, grow))
        form.hold_judgement()
        return _show(request, acting, form)
    if request.POST.get("set_aside"):
        return _set_aside(request, acting)
    form = _form(request, acting, request.POST)
    if not form.is_valid():
        done_before = _already_done(request, acting, form)
        if done_before is None:
            keep_draft(person(request), acting.named, acting.spec.name, request.POST)
        return done_before or _show(request, acting, form, status=422)
    try:
        done = perform(
            acting.spec.name,
            acting.subject,
            by=person(request),
            key=form.submission_key,
            **form.facts(),
        )
    except NotFound:
        raise
    except CaseworkError as refusal:
        keep_draft(person(request), acting.named, acting.spec.name, request.POST)
        form.refuse(refusal)
        return _show(request, acting, form, status=refusal.status)
    drop_draft(person(request), acting.named, acting.spec.name)
    _tell(request, acting, form.submission_key, repeated=done.repeated)
    return redirect(acting.back)


def _set_aside(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Keep what is typed for another day, without recording anything."""
    keep_draft(person(request), acting.named, acting.spec.name, request.POST)
    words = _("Kept as a draft; nothing is recorded yet.")
    tell_recorded(request, request.POST.get("key", ""), words)
    return redirect(acting.back)


def _fresh(request: HttpRequest, acting: Acting) -> ActForm:
    """An empty form, or the draft taken up again where the person asks for it."""
    draft = draft_of(person(request), acting.named, acting.spec.name)
    if draft is None or "draft" not in request.GET:
        return _form(request, acting)
    form = _form(request, acting, typed_before(draft, uuid.uuid4().hex))
    form.hold_judgement()
    return form


def _form(request: HttpRequest, acting: Acting, data: Any = None) -> ActForm:
    files = request.FILES if data is not None else None
    # A link may name whom the act is about, or from what the form is to begin.
    asked = {
        name: request.GET[name] for name in ("member", "template", "revisit") if name in request.GET
    }
    return FORMS[acting.spec.name](
        data, files, subject=acting.subject, by=person(request), on=clock.today(), initial=asked
    )


def _why_not(acting: Acting) -> Words:
    """An act that is not possible now is told before a form is filled in for nothing."""
    name = acting.spec.name
    offered = [*acting.offers.actions, *acting.offers.others]
    if any(offer.code == name for offer in offered):
        return ""
    return next(
        (closed.why for closed in acting.offers.closed if closed.title == acting.spec.title),
        _("This is not possible here now."),
    )


def _already_done(request: HttpRequest, acting: Acting, form: ActForm) -> HttpResponse | None:
    """A second press of the same form finds the act done and its choices gone."""
    key = form.cleaned_data.get("key", "")
    if not Answer.objects.filter(key=key, entry__by=person(request)).exists():
        return None
    _tell(request, acting, key, repeated=True)
    return redirect(acting.back)


def _tell(request: HttpRequest, acting: Acting, key: str, *, repeated: bool) -> None:
    words = _("Recorded: %(act)s") % {"act": acting.spec.title}
    tell_recorded(request, key, words, repeated=repeated)


def _show(
    request: HttpRequest, acting: Acting, form: ActForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "act": {"code": acting.spec.name, "title": acting.spec.title, "purpose": form.purpose},
        "subject": {"title": acting.title, "number": acting.number, "url": acting.back},
        "form": form,
        "starting_points": [] if form.is_bound else form.starting_points(),
        "crumbs": [acting.parent, (acting.spec.title, "")],
    }
    if request.method != "POST" and "draft" not in request.GET:
        context["draft"] = draft_of(person(request), acting.named, acting.spec.name)
    if acting.spec.name in REVISITS:
        context["contact"] = contact_of(form.subject)
    if acting.spec.name not in SCORE_SHEETS:
        return render(request, "work/act.html", context, status=status)
    scheme = scheme_on(form.subject.rule_date)
    context |= {
        "scheme": scheme,
        "doubts": doubts_of(form.subject, names_others=False),
        "bands": [{"grade": band.title, "minimum": band.minimum} for band in scheme.bands.all()],
    }
    return render(request, "orders/score.html", context, status=status)
