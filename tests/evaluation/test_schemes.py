"""A new scheme: drawn up, kept with its faults, tried on the past, published by a second person."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.models import Indicator, IndicatorScheme, SchemeDraft
from evaluation.reporting.preview import preview
from evaluation.scheme import rules_of, scheme_on
from evaluation.scheme_content import Content, content_of, faults_of
from evaluation.scoring.models import ScoreSheet
from tests.evaluation.conftest import Cast
from tests.evaluation.world import on, person
from tests.reporting.judged import judge
from workflows.forms.schemes import numbers_of, rule_of
from workflows.schemes import draw_up_scheme, order_scheme

pytestmark = pytest.mark.django_db
TODAY = date(2018, 9, 20)
DAY = date(2019, 1, 1)


@pytest.fixture
def content(db: None) -> Content:
    return content_of(scheme_on(TODAY))


def row(content: Content, code: str) -> dict[str, Any]:
    return next(one for one in content["indicators"] if one["code"] == code)


def draft(cast: Cast, content: Content | None = None, **facts: Any) -> SchemeDraft:
    made = draw_up_scheme(
        scheme_on(TODAY), by=cast.lead, code="PG2019", title="二〇一九", moment=on("2018-09-20")
    )
    said = {"title": "二〇一九", "effective_from": DAY, "source": "样例文件1号", **facts}
    return order_scheme(
        "keep_scheme", made.pk, by=cast.lead, moment=on("2018-09-20"),
        content=content or made.content, **said,
    )  # fmt: skip


def publish(made: SchemeDraft, by: Any) -> IndicatorScheme:
    done = order_scheme("publish_scheme", made.pk, by=by, moment=on("2018-09-21"))
    assert done.published is not None
    return done.published


class TestContent:
    def test_the_published_one_has_no_fault(self, content: Content) -> None:
        assert faults_of(content, TODAY) == []

    @pytest.mark.parametrize(
        ("code", "change"),
        [
            ("A1", {"points": "6"}),
            ("A1", {"points": "0"}),
            ("A1", {"points": "5.05"}),
            ("A1", {"points": "x"}),
            ("A1", {"code": "a1"}),
            ("A1", {"code": "A2"}),
            ("A1", {"level1": "B"}),
            ("C4", {"code": "C9"}),
            ("A2", {"rule": {"kind": "deduct"}}),
            ("A2", {"rule": {"kind": "deduct", "per": 7}}),
            ("B3", {"rule": {"kind": "band", "marks": [2, 4]}}),
            ("B3", {"rule": {"kind": "band", "marks": []}}),
            ("C1", {"rule": {"kind": "steps", "steps": [[1, 12], [0.5, 6]]}}),
            ("C1", {"rule": {"kind": "steps", "steps": [[0.9, 12], [0, 0]]}}),
            ("A1", {"rule": {"kind": "magic"}}),
        ],
    )
    def test_what_cannot_be_scored_is_told(
        self, content: Content, code: str, change: dict[str, Any]
    ) -> None:
        row(content, code).update(change)
        assert faults_of(content, TODAY)

    @pytest.mark.parametrize(
        "bands",
        [
            {"EXCELLENT": "90", "GOOD": "80", "FAIR": "60"},
            {"EXCELLENT": "80", "GOOD": "90", "FAIR": "60", "POOR": "0"},
            {"EXCELLENT": "90", "GOOD": "80", "FAIR": "60", "POOR": "1"},
            {"EXCELLENT": "101", "GOOD": "80", "FAIR": "60", "POOR": "0"},
        ],
    )
    def test_grades_fall_to_nothing(self, content: Content, bands: dict[str, str]) -> None:
        content["bands"] = bands
        assert len(faults_of(content, TODAY)) == 1

    def test_vetoes_are_told_apart(self, content: Content) -> None:
        content["vetoes"] += [{"code": "LEAK", "title": "x"}, {"code": "low", "title": "y"}]
        assert len(faults_of(content, TODAY)) == 2

    @pytest.mark.parametrize("code", ["A2", "B2", "B3", "C1", "C2"])
    def test_a_rule_survives_being_typed(self, content: Content, code: str) -> None:
        rule = row(content, code)["rule"]
        again = rule_of(rule["kind"], numbers_of(rule), rule.get("measure", ""))
        assert again == rule


class TestPublished:
    def test_the_next_one_follows_and_the_last_ends_the_day_before(self, cast: Cast) -> None:
        old = scheme_on(TODAY)
        new = publish(draft(cast), cast.city)
        assert scheme_on(date(2018, 12, 31)) == old
        assert scheme_on(DAY) == new
        old.refresh_from_db()
        assert old.effective_to == date(2018, 12, 31)
        assert rules_of(new) == rules_of(old)
        acts = JournalEntry.objects.filter(subject_type="scheme").order_by("seq")
        assert list(acts.values_list("act", flat=True)) == [
            "draw_up_scheme", "keep_scheme", "publish_scheme",
        ]  # fmt: skip

    def test_nothing_of_it_ever_changes(self, cast: Cast) -> None:
        new = publish(draft(cast), cast.city)
        for change in (
            lambda: Indicator.objects.filter(scheme=new).update(points=1),
            lambda: Indicator.objects.filter(scheme=new).delete(),
            lambda: new.bands.update(minimum=1),
            lambda: new.vetoes.all().delete(),
            lambda: IndicatorScheme.objects.filter(pk=new.pk).update(title="x"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_whoever_wrote_it_does_not_publish_it_nor_does_the_lead(self, cast: Cast) -> None:
        made = draft(cast)
        with pytest.raises(NotYours):
            publish(made, cast.lead)
        order_scheme(
            "keep_scheme", made.pk, by=cast.city, moment=on("2018-09-20"), title="x",
            effective_from=DAY, source="样例", content=made.content,
        )  # fmt: skip
        with pytest.raises(NotYours):
            publish(made, cast.city)
        assert publish(made, person("CA", "110000", "市管二")).code == "PG2019"

    @pytest.mark.parametrize(
        "facts",
        [
            {"effective_from": None},
            {"effective_from": date(2018, 9, 21)},
            {"effective_from": date(2017, 1, 1)},
            {"source": ""},
        ],
    )
    def test_what_is_missing_holds_it_up(self, cast: Cast, facts: dict[str, Any]) -> None:
        made = draft(cast, **facts)
        with pytest.raises(NotLawfulNow):
            publish(made, cast.city)

    def test_faults_are_kept_and_hold_it_up(self, cast: Cast, content: Content) -> None:
        row(content, "A1")["points"] = "6"
        made = draft(cast, content)
        with pytest.raises(NotLawfulNow):
            publish(made, cast.city)
        assert SchemeDraft.objects.get().content == content

    def test_it_is_published_or_withdrawn_once(self, cast: Cast) -> None:
        made = draft(cast)
        order_scheme("withdraw_scheme", made.pk, by=cast.lead, moment=on("2018-09-20"))
        for act in ("publish_scheme", "withdraw_scheme"):
            with pytest.raises(NotLawfulNow):
                order_scheme(act, made.pk, by=cast.city, moment=on("2018-09-21"))

    def test_a_code_names_one_scheme(self, cast: Cast) -> None:
        draft(cast)
        for code in ("PG2018", "PG2019", "a b", ""):
            with pytest.raises(Incomplete):
                draw_up_scheme(scheme_on(TODAY), by=cast.lead, code=code, title="x")
        with pytest.raises(NotYours):
            draw_up_scheme(scheme_on(TODAY), by=cast.supervisor, code="Z1", title="x")


def scored(cast: Cast, *scores: int) -> None:
    """Confirmed results, every indicator with the same share of its points."""
    worth = rules_of(scheme_on(TODAY)).points
    for score in scores:
        case = judge(cast, score=score, satisfaction=4, at="2018-09-12 10:00")
        points = {code: float(most) * score / 100 for code, most in worth.items()}
        ScoreSheet.objects.filter(case=case).update(points=points)


class TestPreview:
    def test_the_same_scheme_changes_nothing(self, cast: Cast, content: Content) -> None:
        scored(cast, 95, 85, 50)
        found = preview(content, TODAY)
        assert (found.sheets, found.changed) == (3, 0)
        assert found.before == found.after

    def test_other_grades_are_counted(self, cast: Cast, content: Content) -> None:
        scored(cast, 95, 85, 85)
        content["bands"]["EXCELLENT"] = "80"
        content["bands"]["GOOD"] = "70"
        found = preview(content, TODAY)
        assert found.moves == [("EXCELLENT", "EXCELLENT", 1), ("GOOD", "EXCELLENT", 2)]

    def test_what_shares_no_indicator_is_left_out(self, cast: Cast, content: Content) -> None:
        scored(cast, 95)
        other = deepcopy(content)
        other["indicators"] = [{**row(content, "A1"), "code": "Z1", "level1": "Z", "points": "100"}]
        assert preview(other, TODAY).left_out == 1


class TestPages:
    def typed(self, made: SchemeDraft, **changes: str) -> dict[str, str]:
        """The editor as a browser posts it back."""
        rows = made.content["indicators"]
        data = {
            "indicators-TOTAL_FORMS": str(len(rows)),
            "indicators-INITIAL_FORMS": str(len(rows)),
            "title": made.title, "effective_from": "2019-01-01", "source": "样例文件1号",
            "vetoes": "\n".join(f"{one['code']} {one['title']}" for one in made.content["vetoes"]),
            **{f"band_{grade}": least for grade, least in made.content["bands"].items()},
        }  # fmt: skip
        for place, one in enumerate(rows):
            rule = one["rule"]
            data |= {
                f"indicators-{place}-{name}": str(value)
                for name, value in {
                    "code": one["code"], "level1_title": one["level1_title"],
                    "title": one["title"], "points": one["points"], "kind": rule["kind"],
                    "numbers": numbers_of(rule), "measure": rule.get("measure", ""),
                }.items()
            }  # fmt: skip
        return data | changes

    def test_from_the_draft_to_the_published_page(self, cast: Cast) -> None:
        lead, city = Client(), Client()
        with clock.at(on("2018-09-20")):
            lead.force_login(cast.lead)
            city.force_login(cast.city)
            base = scheme_on(TODAY).pk
            said = {"base": base, "code": "PG2019", "title": "二〇一九"}
            assert lead.post("/schemes/", said).status_code == 302
            made = SchemeDraft.objects.get()
            page = f"/schemes/drafts/{made.pk}/"
            typed = self.typed(made, **{"indicators-0-points": "4"})
            assert lead.post(page, typed).status_code == 302
            assert "99" in lead.get(page).content.decode()
            assert city.post(f"{page}publish/").status_code == 409
            wrong = self.typed(made, **{"indicators-0-numbers": "viel"})
            answer = lead.post(page, wrong)
            assert answer.status_code == 422
            assert "viel" in answer.content.decode()
            assert lead.post(page, self.typed(made)).status_code == 302
            made.refresh_from_db()
            assert made.content == content_of(scheme_on(TODAY))
            assert lead.post(f"{page}publish/").status_code == 403
            assert city.post(f"{page}publish/").status_code == 302
            assert "二〇一九" in city.get("/schemes/PG2019/").content.decode()
            assert lead.post(page, self.typed(made)).status_code == 409
