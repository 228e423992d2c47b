"""Evaluation schemes: those in force, the editor of a draft, its preview, its publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound
from casework.staff.models import Role
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation.models import IndicatorScheme, SchemeDraft
from evaluation.reporting.preview import Preview, preview
from evaluation.scheme_content import faults_of
from evaluation.schemes import obstacles
from evaluation.states import Grade
from workflows.forms.evaluating import rubric_of
from workflows.forms.schemes import DraftForm, DrawUpForm, IndicatorRows, row_of
from workflows.schemes import TITLES, draw_up_scheme, order_scheme
from workflows.shell import SCHEME_READERS
from workflows.views.common import person, require_role


@require_http_methods(["GET", "HEAD", "POST"])
def scheme_list(request: HttpRequest) -> HttpResponse:
    """Every scheme with its days, and the drafts; authors begin another."""
    require_role(request, *SCHEME_READERS)
    may_write = _may_write(request)
    form = DrawUpForm(request.POST or None) if may_write else None
    status = 200
    if request.method == "POST":
        require_role(request, Role.LE, Role.CA)
        if form is not None and form.is_valid():
            try:
                draft = draw_up_scheme(by=person(request), **form.cleaned_data)
            except CaseworkError as refusal:
                form.add_error(None, refusal.message)
            else:
                return redirect("scheme_draft", pk=draft.pk)
        status = 422
    context = {
        "form": form,
        "schemes": IndicatorScheme.objects.filter(published_at__isnull=False).order_by(
            "-effective_from"
        ),
        "drafts": SchemeDraft.objects.filter(published=None, withdrawn_at=None).select_related(
            "entered_by", "base"
        ),
        "today": clock.today(),
    }
    return render(request, "schemes/list.html", context, status=status)


@require_safe
def scheme_page(request: HttpRequest, code: str) -> HttpResponse:
    """One published scheme: its table, its grades, its vetoes; nothing of it changes."""
    require_role(request, *SCHEME_READERS)
    scheme = IndicatorScheme.objects.filter(code=code, published_at__isnull=False).first()
    if scheme is None:
        raise NotFound(_("There is no such scheme."))
    rows = [(row, rubric_of(row)) for row in scheme.indicators.order_by("order")]
    context = {
        "scheme": scheme,
        "rows": rows,
        "bands": scheme.bands.order_by("-minimum"),
        "vetoes": scheme.vetoes.all(),
        "crumbs": [(_("Schemes"), reverse("scheme_list")), (scheme.code, "")],
    }
    return render(request, "schemes/scheme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def scheme_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: kept with its faults, which are told, and with what it would have made."""
    require_role(request, *SCHEME_READERS)
    draft = SchemeDraft.objects.select_related("base", "entered_by").filter(pk=pk).first()
    if draft is None:
        raise NotFound(_("There is no such scheme."))
    if request.method != "POST":
        return _show(request, draft, DraftForm(draft=draft), _rows(draft))
    require_role(request, Role.LE, Role.CA)
    form, rows = DraftForm(request.POST, draft=draft), _rows(draft, request.POST)
    if not (form.is_valid() and rows.is_valid()):
        return _show(request, draft, form, rows, status=422)
    said = form.cleaned_data
    filled = [row for row in rows.forms if row.has_changed() or row.initial]
    kept = [row for row in filled if not row.cleaned_data.get("DELETE")]
    content = {
        "indicators": [row.indicator() for row in kept],
        "bands": form.bands(),
        "vetoes": form.veto_rows(),
    }
    facts = {name: said[name] for name in ("title", "effective_from", "source")}
    try:
        order_scheme("keep_scheme", pk, by=person(request), content=content, **facts)
    except CaseworkError as refusal:
        form.add_error(None, refusal.message)
        return _show(request, draft, form, rows, status=refusal.status)
    messages.success(request, _("Recorded: %(act)s") % {"act": TITLES["keep_scheme"]})
    return redirect("scheme_draft", pk=pk)


@require_POST
def scheme_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Publish a draft or withdraw it."""
    require_role(request, Role.LE, Role.CA)
    name = {"publish": "publish_scheme", "withdraw": "withdraw_scheme"}.get(act)
    draft = SchemeDraft.objects.filter(pk=pk).first()
    if name is None or draft is None:
        raise NotFound(_("There is no such scheme."))
    try:
        draft = order_scheme(name, pk, by=person(request))
    except NotFound:
        raise
    except CaseworkError as refusal:
        form = DraftForm(draft=draft)
        told = {"refusal": refusal.message}
        return _show(request, draft, form, _rows(draft), told, status=refusal.status)
    messages.success(request, _("Recorded: %(act)s") % {"act": TITLES[name]})
    if draft.published:
        return redirect("scheme_page", code=draft.published.code)
    return redirect("scheme_list")


def _may_write(request: HttpRequest) -> bool:
    return reach_of(person(request), clock.today()).has(Role.LE, Role.CA)


def _rows(draft: SchemeDraft, data: Any = None) -> Any:
    initial = [row_of(row) for row in draft.content["indicators"]]
    return IndicatorRows(data, prefix="indicators", initial=initial)


def _show(
    request: HttpRequest,
    draft: SchemeDraft,
    form: DraftForm,
    rows: Any,
    told: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    waiting = obstacles(draft, today) if draft.is_open else []
    reach = reach_of(person(request), today)
    is_author = draft.entered_by_id == person(request).pk
    context = {
        "draft": draft,
        "form": form,
        "rows": rows,
        "obstacles": waiting,
        "preview": _preview(draft) if draft.is_open else None,
        "may_write": draft.is_open and _may_write(request),
        "may_publish": draft.is_open and not waiting and reach.has(Role.CA) and not is_author,
        "waits_for_another": draft.is_open and not waiting and is_author,
        "crumbs": [(_("Schemes"), reverse("scheme_list")), (draft.code, "")],
    }
    return render(request, "schemes/draft.html", context | (told or {}), status=status)


def _preview(draft: SchemeDraft) -> tuple[Preview, list[tuple[Any, Any, int]]] | None:
    """What the draft would have made of a year's results; only of a content without faults."""
    today = clock.today()
    if faults_of(draft.content, draft.effective_from or today):
        return None
    # Sums alone: nobody learns of a single case.
    with as_engine(to_read=True):
        found = preview(draft.content, today)
    moves = [(Grade(before).label, Grade(after).label, n) for before, after, n in found.moves]
    return found, moves
