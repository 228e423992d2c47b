from datetime import date

import pytest

from casework.directory.models import Division, Level, Limit, Organisation, Parameter, ServiceItem
from casework.directory.queries import (
    code_at,
    districts,
    division_of,
    due_on,
    limit,
    organisation,
    parameter,
    service_item,
    streets,
)
from casework.lib.errors import Incomplete

pytestmark = pytest.mark.django_db
ON = date(2018, 6, 1)


class TestDivisions:
    def test_sixteen_districts_stand_in_the_order_of_the_tables(self) -> None:
        assert [d.code for d in districts()][:3] == ["110101", "110102", "110105"]
        assert districts().count() == 16

    def test_a_code_finds_what_it_lies_in(self) -> None:
        assert division_of("110101901001", Level.DISTRICT).name == "东城区"
        assert division_of("110101901001", "CITY").prefix == "11"
        assert code_at("110101901", "STREET") == "110101901"
        assert {s.code for s in streets("110101")} == {"110101901", "110101902", "110101903"}

    def test_a_code_too_short_is_refused(self) -> None:
        with pytest.raises(Incomplete):
            code_at("110101", Level.STREET)
        with pytest.raises(Incomplete):
            code_at("110000", Level.DISTRICT)

    def test_every_part_lies_in_its_parent(self) -> None:
        for part in Division.objects.exclude(parent=None).select_related("parent"):
            assert part.code.startswith(part.parent.prefix)


class TestDatedRules:
    def test_the_row_in_force_governs(self) -> None:
        assert (limit("report", ON).amount, limit("report", ON).unit) == (15, "WD")
        Limit.objects.create(
            code="report", amount=20, unit="WD", effective_from=date(2018, 7, 1), source="示例"
        )
        assert limit("report", ON).amount == 15
        assert limit("report", date(2018, 7, 1)).amount == 20

    def test_a_draft_is_not_law(self) -> None:
        Limit.objects.create(
            code="report", amount=1, unit="WD", effective_from=ON, source="示例", is_draft=True
        )
        assert limit("report", ON).amount == 15

    def test_a_missing_rule_is_told_in_a_sentence(self) -> None:
        for read in (limit, parameter):
            with pytest.raises(Incomplete, match="no_such_rule"):
                read("no_such_rule", ON)

    def test_a_rule_ends_with_its_last_day(self) -> None:
        Parameter.objects.create(
            code="trial", value=1, effective_from=ON, effective_to=ON, source="示例"
        )
        assert parameter("trial", ON) == 1
        with pytest.raises(Incomplete):
            parameter("trial", date(2018, 6, 2))

    def test_due_dates_of_working_and_calendar_days(self) -> None:
        assert due_on("report", date(2018, 8, 6)) == date(2018, 8, 27)
        assert due_on("publicity", date(2018, 6, 4)) == date(2018, 6, 11)
        assert due_on("reconsideration_file", date(2018, 4, 13), roll=True) == date(2018, 6, 12)
        assert due_on("internal_review_answer", date(2018, 4, 16)) == date(2018, 4, 28)

    @pytest.mark.parametrize(
        "code",
        (
            "decide_referral interview interview_sudden ledger_entry_sudden verify publicity"
            " objection plan start_help finish_help evaluate issue_order receipt report"
            " second_report recheck notify_refusal notify_termination transfer suspension"
            " internal_review_file internal_review_answer reconsideration_file crisis explain"
        ).split(),
    )
    def test_every_limit_of_the_procedure_is_entered_with_a_source(self, code: str) -> None:
        assert limit(code, ON).source


class TestCatalogue:
    def test_thirty_one_items_with_the_evidence_each_needs(self) -> None:
        assert ServiceItem.objects.count() == 31
        visit = service_item("E01")
        assert visit.missing_evidence(["PHO", "REC"]) == []
        assert visit.missing_evidence(["PHO"]) == ["REC"]
        assert visit.missing_evidence([]) == ["CAL|PHO", "REC"]

    def test_a_retired_item_cannot_be_planned(self) -> None:
        ServiceItem.objects.filter(pk="E09").update(is_retired=True)
        with pytest.raises(Incomplete):
            service_item("E09")

    def test_every_provider_type_and_line_is_known(self) -> None:
        for item in ServiceItem.objects.all():
            item.full_clean()
            assert set(item.provider_types) <= set(Organisation.ProviderType.values)


class TestOrganisations:
    def test_found_by_number_and_by_credit_code(self) -> None:
        found = organisation("52110199990000017h")
        assert organisation(found.pk) == found
        assert found.kind == "PROVIDER"
        for body in Organisation.objects.all():
            body.full_clean()

    def test_suspension_counts_from_its_day(self) -> None:
        body = organisation("52110199990000025C")
        body.suspended_on = ON
        assert body.is_suspended(ON)
        assert not body.is_suspended(date(2018, 5, 31))

    def test_an_unknown_body_is_refused(self) -> None:
        with pytest.raises(Incomplete):
            organisation("91350100M000100Y43")
