from datetime import date

import pytest
from pytest_django import Settings

from casework.lib import identity
from casework.lib.identity import InvalidId, check_credit_code, parse_id_number


class TestParseIdNumber:
    def test_the_standards_own_example_is_read(self) -> None:
        known = parse_id_number("11010519491231002x")
        assert known.number == "11010519491231002X"
        assert known.birth_date == date(1949, 12, 31)
        assert known.sex == "2"

    def test_a_test_number_is_read_where_allowed(self) -> None:
        assert parse_id_number(" 110199197605129013 ").sex == "1"

    def test_a_test_number_is_refused_in_production(self, settings: Settings) -> None:
        settings.ALLOW_TEST_IDS = False
        with pytest.raises(InvalidId):
            parse_id_number("110199197605129013")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "110199197605129014",
            "11019919760512901",
            "110199197602309013",
            "990199197605129013",
            "11019921990512901X",
            "1101991976O5129013",
            "１１０１９９１９７６０５１２９０１4",
        ],
    )
    def test_a_wrong_number_is_refused_and_never_repeated(self, text: str) -> None:
        with pytest.raises(InvalidId) as refusal:
            parse_id_number(text)
        assert not text or text not in str(refusal.value)

    def test_full_width_digits_are_how_people_type(self) -> None:
        assert (
            parse_id_number("１１０１９９１９７６０５１２９０１３").number == "110199197605129013"
        )

    def test_the_number_does_not_show_in_a_repr(self) -> None:
        known = parse_id_number("110199197605129013")
        assert "19760512" not in repr(known) + str(known)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "52110199990000017H",
        "521101999900000337",
        "53110199990000041Y",
        "9111019999000005XQ",
    ],
)
def test_credit_codes_with_a_right_check_character(code: str) -> None:
    assert check_credit_code(code.lower()) == code


def test_a_wrong_credit_code_is_refused() -> None:
    with pytest.raises(InvalidId):
        check_credit_code("52110199990000018H")


@pytest.mark.parametrize(
    ("name", "public"),
    [("张三", "张*"), ("赵试一", "赵*一"), ("欧阳试一", "欧阳**"), ("阿凡提江", "阿**"), ("", "")],
)
def test_public_masks_of_names(name: str, public: str) -> None:
    assert identity.mask_name(name) == public


def test_masks_of_numbers_and_addresses() -> None:
    assert identity.mask_id("110199197605129013") == "110199********9013"
    assert identity.mask_phone("12000000001") == "120****0001"
    assert identity.log_name("赵试一") == "赵**"
    assert "5" not in identity.mask_address("示例路5号院6号楼")


def test_case_number_tells_a_slip_of_the_pen() -> None:
    number = identity.case_number("BF", 2018, "110101", 123)
    assert number.startswith("BF-2018-110101-000123-")
    assert identity.is_case_number(number)
    assert not identity.is_case_number(number.replace("0123", "0132"))


def test_someone_born_on_the_29th_of_february_ages_on_the_first_of_march() -> None:
    assert identity.age_on(date(2004, 2, 29), date(2018, 2, 28)) == 13
    assert identity.age_on(date(2004, 2, 29), date(2018, 3, 1)) == 14
