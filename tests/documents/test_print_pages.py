"""What is put into a print page comes out of its PDF, in its place and in its typeface."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from django.template.loader import render_to_string

from casework.documents.titles import break_title, ems
from casework.lib import pdf
from tests.documents import samples

MM = 72 / 25.4
RED_HEAD = ("京民救改〔2018〕9号", "个案帮扶整改通知书")


def printed(template: str, content: dict[str, Any], *, sample: bool = False) -> pypdf.PdfReader:
    number, title = RED_HEAD
    data = {**content, "number": number, "title_lines": break_title(title), "sample": sample}
    html = render_to_string(f"print/{template}.html", {"d": data})
    return pypdf.PdfReader(io.BytesIO(pdf.render_pdf(html)))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def text_of(reader: pypdf.PdfReader) -> str:
    pages = "".join(page.extract_text() for page in reader.pages)
    return re.sub(r"—\d+—", "", re.sub(r"\s+", "", pages))


def placed(page: pypdf.PageObject) -> list[tuple[float, float, str]]:
    """Every drawn piece of text: millimetres from the left and from the top, and the text."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_rest: Any) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x / MM, (float(page.mediabox.height) - y) / MM, text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def typefaces(reader: pypdf.PdfReader) -> set[str]:
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            for child in font.get_object()["/DescendantFonts"]:
                descriptor = child.get_object()["/FontDescriptor"]
                assert {"/FontFile3", "/FontFile2"} & set(descriptor), "not embedded"
                names.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return names


def dates_as_printed(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    return "{}年{}月{}日".format(*map(int, found.groups())) if found else text


class TestEverythingPutInComesOut:
    @pytest.mark.parametrize(
        ("template", "content"),
        [
            ("rectification_notice", samples.NOTICE),
            ("refusal_notice", samples.REFUSAL),
        ],
    )
    def test_every_field_is_printed_whole(self, template: str, content: dict[str, Any]) -> None:
        text = text_of(printed(template, content))
        for put_in in strings(content):
            assert re.sub(r"\s+", "", dates_as_printed(put_in)) in text
        assert RED_HEAD[0] in text

    def test_the_notice_keeps_the_order_of_its_fields(self) -> None:
        text = text_of(printed("rectification_notice", samples.NOTICE))
        marks = [
            "文件",
            "京民救改",
            "东城区民政局：",
            "根据",
            "户主姓名",
            "问题编码",
            "请于收到本通知",
        ]
        marks += ["对照整改事项", "逾期未报送", "陈述申辩的", "联系人", "签收回执文书名称", "抄送"]
        marks[9] = "3个工作日内向我局书面陈述申辩"
        places = [text.index(mark) for mark in marks]
        assert places == sorted(places)

    def test_the_weekly_table_holds_every_cell_in_order(self) -> None:
        week = samples.weekly()
        text = text_of(printed("weekly_summary", week))
        for row in [*week["rows"], week["total"]]:
            assert "".join(row) in text
        for heading in week["columns"]:
            assert heading["heading"] in text

    def test_a_row_of_the_wrong_length_is_refused(self) -> None:
        week = samples.weekly()
        week["rows"][3] = week["rows"][3][:-1]
        with pytest.raises(ValueError, match="longer than"):
            printed("weekly_summary", week)

    def test_markup_in_a_field_is_text(self) -> None:
        hostile = "</td><img src='file:///etc/passwd'>" + "<div>" * 60 + "{{ d.issuer }}"
        items = [{**samples.NOTICE["items"][0], "facts": hostile}]
        text = text_of(printed("rectification_notice", {**samples.NOTICE, "items": items}))
        assert re.sub(r"\s+", "", hostile) in text

    @pytest.mark.parametrize("size", [2, 40])
    def test_long_and_short_tables_repeat_their_head(self, size: int) -> None:
        items = [{**samples.NOTICE["items"][n % 4], "seq": n + 1} for n in range(size)]
        reader = printed("rectification_notice", {**samples.NOTICE, "items": items})
        for page in reader.pages:
            text = re.sub(r"\s+", "", page.extract_text())
            assert ("F0" in text) == ("问题编码" in text)

    def test_a_week_of_the_sixteen_districts_is_one_page(self) -> None:
        assert len(printed("weekly_summary", samples.weekly()).pages) == 1

    def test_a_longer_week_repeats_both_heading_rows(self) -> None:
        units = [f"第{n}街道" for n in range(120)]
        reader = printed("weekly_summary", samples.weekly(units))
        assert len(reader.pages) > 3
        for page in reader.pages:
            text = re.sub(r"\s+", "", page.extract_text())
            assert ("街道" in text) <= ("助残助老助学综合" in text)


class TestTypefaces:
    def test_the_named_typefaces_are_embedded(self) -> None:
        names = typefaces(printed("rectification_notice", samples.NOTICE))
        assert {name.partition("-")[0] for name in names} >= {
            "FandolFang",
            "FandolHei",
            "FandolSong",
        }

    def test_rare_characters_of_a_name_are_printed(self) -> None:
        content = {**samples.REFUSAL, "addressee": samples.RARE}
        reader = printed("refusal_notice", content)
        assert samples.RARE in text_of(reader)
        assert any("Noto-Serif-CJK-SC" in name for name in typefaces(reader))


@pytest.fixture(scope="module")
def full_pages() -> pypdf.PdfReader:
    """A notice whose running text fills its second page."""
    return printed("refusal_notice", {**samples.REFUSAL, "reasons": ["正" * 28 * 22 * 3]})


class TestPlaces:
    """To the millimetre where GB/T 9704-2012 gives one."""

    def test_paper_is_a4(self, full_pages: pypdf.PdfReader) -> None:
        box = full_pages.pages[0].mediabox
        assert round(float(box.width) / MM) == 210
        assert round(float(box.height) / MM) == 297

    def test_a_full_page_has_22_lines_of_28_characters(self, full_pages: pypdf.PdfReader) -> None:
        page = full_pages.pages[1]
        lines = [line for line in page.extract_text().splitlines() if "正" in line]
        assert len(lines) == 22
        assert {len(line.strip()) for line in lines} == {28}

    def test_type_area_begins_37_from_the_top_and_28_from_the_left(
        self, full_pages: pypdf.PdfReader
    ) -> None:
        lines = [spot for spot in placed(full_pages.pages[1]) if "正" in spot[2]]
        left, baseline, _text = lines[0]
        # The typeface is 16 points high, 88 % of it above its baseline.
        assert abs(baseline - 16 * 0.88 / MM - 37) < 1
        assert abs(left - 28) < 0.5
        pitches = [below[1] - above[1] for above, below in zip(lines, lines[1:], strict=False)]
        assert all(abs(pitch * MM - 28.95) < 0.1 for pitch in pitches)

    def test_page_numbers_stand_outside_7_under_the_type_area(
        self, full_pages: pypdf.PdfReader
    ) -> None:
        for place, page in enumerate(full_pages.pages, 1):
            left, baseline, text = placed(page)[-1]
            assert re.sub(r"\s+", "", text) == f"—{place}—"
            assert abs(baseline - 14 * 0.35 / MM - 269) < 1
            assert (left > 160) if place % 2 else (abs(left - 28 - 14 / MM) < 1)

    def test_the_mark_begins_35_under_the_top_of_the_type_area(
        self, full_pages: pypdf.PdfReader
    ) -> None:
        _left, baseline, text = placed(full_pages.pages[0])[0]
        assert text == "示例一街道办事处文件"
        size = 430 / 10
        assert abs(baseline - size * 0.88 / MM - 72) < 1.5

    @pytest.mark.parametrize(
        "issuer", ["示例局", "示例市民政局", "示例市东城区民政局社会救助服务中心"]
    )
    def test_the_signature_is_centred_over_the_date_inside_the_type_area(self, issuer: str) -> None:
        page = printed("refusal_notice", {**samples.REFUSAL, "issuer": issuer}).pages[-1]
        spots = placed(page)
        where = next(place for place, spot in enumerate(spots) if spot[2] == issuer)
        (left, _y, _t), (date_left, _y, date) = spots[where], spots[where + 1]
        width, date_width = ((ems(text) * 16 - 0.22 * len(text)) / MM for text in (issuer, date))
        assert date == "2018年8月20日"
        assert abs(left + width / 2 - date_left - date_width / 2) < 0.5
        assert left + width < 210 - 26 + 0.5
        if len(issuer) < 10:
            assert abs(210 - 26 - date_left - date_width - 4 * 16 / MM) < 1

    def test_the_imprint_closes_the_last_page(self) -> None:
        page = printed("rectification_notice", samples.NOTICE).pages[-1]
        lowest = max(spot[1] for spot in placed(page) if "印发" in spot[2])
        assert 255 < lowest < 262

    @pytest.mark.parametrize("length", range(0, 28 * 22, 28 * 2))
    def test_no_page_holds_a_signature_alone(self, length: int) -> None:
        remedies = [*samples.REFUSAL["remedies"], "述" * length + "。"]
        for page in printed("refusal_notice", {**samples.REFUSAL, "remedies": remedies}).pages:
            text = page.extract_text()
            assert ("印章位置" not in text) or "。" in text or "述" in text


class TestSample:
    def test_every_page_of_a_sample_says_so(self) -> None:
        for template, content in (
            ("rectification_notice", samples.NOTICE),
            ("weekly_summary", samples.weekly()),
        ):
            for page in printed(template, content, sample=True).pages:
                text = page.extract_text()
                assert "样" in text
                assert "例" in text

    def test_a_real_document_has_no_such_mark(self) -> None:
        content = {**samples.weekly(), "issuer": "某市民政局"}
        assert "样" not in text_of(printed("weekly_summary", content))

    def test_no_seal_is_drawn(self) -> None:
        reader = printed("rectification_notice", samples.NOTICE)
        assert "（印章位置）" in text_of(reader)
        assert not any(page.images for page in reader.pages)
