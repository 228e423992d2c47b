"""Titles over several lines read by sense and stand in a trapezium or a diamond."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.documents.titles import LINE_EMS, break_title, ems


class TestBreakTitle:
    @pytest.mark.parametrize(
        ("title", "lines"),
        [
            ("个案帮扶整改通知书", ["个案帮扶整改通知书"]),
            (
                "示例市民政局关于2018年9月全市个案帮扶工作情况的通报",
                ["示例市民政局关于2018年9月", "全市个案帮扶工作情况的通报"],
            ),
            (
                "示例市民政局关于东城区示例一街道个案帮扶服务存在问题限期整改的通知",
                ["示例市民政局关于东城区示例一街道", "个案帮扶服务存在问题限期整改的通知"],
            ),
        ],
    )
    def test_known_titles(self, title: str, lines: list[str]) -> None:
        assert break_title(title) == lines

    def test_a_named_rule_stays_whole_while_it_fits(self) -> None:
        lines = break_title("示例市民政局关于印发《个案帮扶工作管理办法》的通知（试行）")
        assert any("《个案帮扶工作管理办法》" in line for line in lines)

    def test_a_named_rule_too_long_for_a_line_is_cut_between_words(self) -> None:
        name = "《示例市社会救助家庭精准救助个案帮扶工作管理办法（试行）》"
        lines = break_title(f"示例市民政局关于印发{name}的通知")
        assert len(lines) == 3
        assert lines[-1].endswith("》的通知")

    def test_a_title_without_any_sense_still_breaks_quickly(self) -> None:
        began = time.monotonic()
        assert all(ems(line) <= LINE_EMS for line in break_title("喆" * 200))
        assert time.monotonic() - began < 1

    @given(st.text(alphabet="关于的通知《》〔〕（）2018年9月号市民政局abc、 ", max_size=70))
    def test_nothing_is_lost_and_no_line_is_too_long(self, title: str) -> None:
        lines = break_title(title)
        assert "".join(lines).replace(" ", "") == title.replace(" ", "")
        assert all(ems(line) <= LINE_EMS for line in lines)

    @given(st.integers(1, 12), st.sampled_from(["开展", "印发", "进一步做好"]))
    def test_about_and_numbers_are_never_cut(self, month: int, verb: str) -> None:
        title = f"示例市民政局关于{verb}2018年{month}月全市精准救助个案帮扶第三方绩效评估工作的通知"
        lines = break_title(title)
        assert any("关于" in line for line in lines)
        assert any(f"2018年{month}月" in line for line in lines)
        assert not any(line.endswith("关于") or line.startswith(("的", "、")) for line in lines)
