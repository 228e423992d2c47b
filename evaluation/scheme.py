"""Which scheme and which finding codes hold on a day, as plain values for the arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from casework.lib.errors import Incomplete
from evaluation.models import FindingCode, IndicatorScheme
from evaluation.states import Grade


@dataclass(frozen=True)
class SchemeRules:
    """A scheme without its table: points, bands (best first) and vetoes."""

    points: Mapping[str, Decimal]
    bands: tuple[tuple[Decimal, Grade], ...]
    vetoes: frozenset[str]
    level1: Mapping[str, str]
    rules: Mapping[str, Mapping[str, Any]]


def scheme_on(day: date) -> IndicatorScheme:
    """The scheme in force on a day; a case older than every scheme is judged by the first one."""
    published = IndicatorScheme.objects.filter(published_at__isnull=False)
    current = published.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gte=day), effective_from__lte=day
    )
    scheme = current.order_by("-effective_from").first() or published.first()
    if scheme is None:
        raise Incomplete(_("No evaluation scheme has been published."))
    return scheme


def rules_of(scheme: IndicatorScheme) -> SchemeRules:
    """The plain values of a scheme."""
    indicators = list(scheme.indicators.all())
    return SchemeRules(
        points={row.code: row.points for row in indicators},
        bands=tuple((row.minimum, Grade(row.grade)) for row in scheme.bands.order_by("-minimum")),
        vetoes=frozenset(scheme.vetoes.values_list("code", flat=True)),
        level1={row.code: row.level1 for row in indicators},
        rules={row.code: row.rule for row in indicators},
    )


def finding_codes_on(day: date) -> dict[str, FindingCode]:
    """The finding codes in force on a day, by code."""
    rows = FindingCode.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gte=day), effective_from__lte=day
    )
    return {row.code: row for row in rows.order_by("effective_from")}
