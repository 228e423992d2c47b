import logging
from datetime import date, datetime

import pytest
from django.utils import timezone

from casework.households.matching import find_by_id, match_household
from casework.households.models import Consent, Household, Member
from casework.ledger.act import open_books
from casework.lib import clock
from casework.lib.errors import Incomplete
from tests.households.people import (
    CAO,
    FENG,
    LI,
    QIAN,
    SMALL_ZHAO,
    STREET,
    SUN,
    YAN,
    ZHAO,
    household,
)

pytestmark = pytest.mark.django_db
AUTUMN = date(2018, 9, 4)
AGREED = {"guardian_consent_on": AUTUMN}


class TestRegisterHousehold:
    def test_the_first_person_is_the_head_and_the_number_tells_the_rest(self) -> None:
        home = household(ZHAO, QIAN, SMALL_ZHAO)
        assert home.display_head == "赵试一"
        assert home.size == 3
        assert home.test_data
        wife = home.members.get(relation_to_head="12")
        assert (wife.birth_date, wife.sex) == (date(1978, 11, 3), "2")

    def test_nothing_is_kept_when_one_number_is_wrong(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            household(ZHAO, {**QIAN, "id_no": "110199197811039028"})
        assert list(refusal.value.fields) == ["members.1.id_no"]
        assert not Household.objects.exists()

    def test_one_person_does_not_stand_twice(self) -> None:
        with pytest.raises(Incomplete):
            household(ZHAO, ZHAO)

    def test_an_unknown_division_category_or_code_is_told_by_field(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            household(ZHAO, residence_division="110101", category="Z")
        assert set(refusal.value.fields) == {"residence_division", "category"}
        with pytest.raises(Incomplete):
            household({**ZHAO, "disability_grade": "9"})

    def test_the_act_is_recorded_without_a_name_or_number(self) -> None:
        moment = timezone.make_aware(datetime(2018, 3, 5, 9))
        with open_books("refer", by=None, moment=moment) as books:
            home = household(ZHAO, on=None, books=books)
            others = str(books._others)
        assert str(home.pk) in others
        assert "赵" not in others and ZHAO["id_no"] not in others
        assert home.registered_at == moment


class TestGuardianConsent:
    def test_a_child_under_fourteen_needs_the_guardians_word_first(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            household(YAN, CAO, on=AUTUMN)
        assert "members.1.guardian_consent_on" in refusal.value.fields
        assert not Member.objects.exists()

    def test_with_it_the_child_is_entered_and_the_consent_kept(self) -> None:
        home = household(YAN, {**CAO, **AGREED}, on=AUTUMN)
        child = home.members.get(name="曹试宇")
        kept = Consent.objects.get(member=child)
        assert (kept.purpose, kept.given_by_guardian, kept.given_on) == ("GUARDIAN", True, AUTUMN)
        assert child.guardian.name == "严试芝"

    def test_a_child_alone_has_no_guardian_here(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            household({**CAO, "guardian": None, **AGREED}, on=AUTUMN)
        assert "members.0.guardian" in refusal.value.fields

    def test_another_child_is_no_guardian(self) -> None:
        other = {**SMALL_ZHAO, "id_no": "110199200810309181"}
        with pytest.raises(Incomplete):
            household({**other, **AGREED}, {**CAO, **AGREED}, on=AUTUMN)

    def test_from_fourteen_on_the_guardian_is_only_named(self) -> None:
        home = household(ZHAO, SMALL_ZHAO, on=AUTUMN)
        assert home.members.get(name="赵试小").guardian == home.head
        assert not Consent.objects.exists()

    def test_in_public_the_childs_name_never_appears(self) -> None:
        home = household(YAN, {**CAO, **AGREED}, on=AUTUMN)
        child = home.members.get(name="曹试宇")
        with clock.at(timezone.make_aware(datetime(2018, 12, 20))):
            assert child.public_name == "严*芝"
            assert home.public_head == "严*芝"


class TestIdentityIsKeptBack:
    def test_no_name_or_number_in_a_text_form_or_a_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        home = household()
        texts = f"{home.head} {home.head!r} {home} {home!r} {Member.objects.all()!r}"
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("test").error("%r %s", home.head, home)
        for secret in ("赵试一", "110199197605129013", "12000000001", "示例路"):
            assert secret not in texts + caplog.text

    def test_screens_get_the_masked_form(self) -> None:
        head = household().head
        assert head.masked_id == "110199********9013"
        assert head.masked_phone == "120****0001"
        assert head.public_name == "赵*一"


class TestMatching:
    def test_a_person_is_found_by_number_whoever_writes_it_how(self) -> None:
        home = household(FENG)
        assert [m.household for m in find_by_id(" 11019919310404913x ")] == [home]

    def test_same_surname_and_birth_is_not_the_same_person(self) -> None:
        household(YAN, {**CAO, **AGREED}, on=AUTUMN)
        assert not find_by_id("110199200810309181").exists()
        assert not find_by_id("not a number").exists()

    def test_a_household_is_matched_within_its_street_only(self) -> None:
        home = household(ZHAO, QIAN)
        assert match_household([QIAN["id_no"]], street=STREET) == home
        assert match_household([QIAN["id_no"]], street="110102901") is None
        assert match_household(["", SUN["id_no"]], street=STREET) is None

    def test_the_index_follows_a_corrected_number(self) -> None:
        head = household(ZHAO).head
        head.id_no = FENG["id_no"]
        head.save(update_fields=["id_no"])
        assert find_by_id(FENG["id_no"]).get() == head
        assert not find_by_id(ZHAO["id_no"]).exists()


def test_severe_disability_is_grade_one_or_two_or_mental_three() -> None:
    son = household(SUN, LI).members.get(name="李试刚")
    assert son.is_severely_disabled
    son.disability_grade = "3"
    assert son.is_severely_disabled
    son.disability_types = ["4"]
    assert not son.is_severely_disabled
