"""Photographs: made anew, kept with consent, doubted where they were used before."""

import base64
import io
from datetime import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image, ImageDraw

from casework.cases.doubts import OVERLAP, doubts_of
from casework.cases.models import HelpCase, Photo, ServiceRecord
from casework.cases.operations.photos import add_photos, forget_photos
from casework.cases.photo_doubts import FAR_AWAY, OTHER_DAY, REUSED
from casework.households.models import Consent
from casework.lib.errors import Incomplete, NotYours
from casework.lib.photos import LIKE, differing, read_photo
from tests.cases.acting import do, last_entry
from tests.factories import PROVIDER_A, PROVIDER_B, HelpCaseFactory, staff
from tests.screens.test_pages import client_of
from tests.walk import Walk

pytestmark = pytest.mark.django_db

HOME = (39.9042, 116.4074)


def picture(
    seed: int = 0,
    *,
    taken: str = "",
    at: tuple[float, float] | None = None,
    kind: str = "JPEG",
    size: tuple[int, int] = (800, 600),
) -> bytes:
    """A photo of coloured fields, with what a camera would write."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for n in range(40):
        x, y = (n * (seed * 37 + 71)) % size[0], (n * (seed * 53 + 97)) % size[1]
        draw.rectangle([x, y, x + 120, y + 90], fill=((n * 61 + seed * 9) % 255, n * 5, 90))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "secret camera"
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if at:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        gps[ExifTags.GPS.GPSLatitude] = (at[0], 0.0, 0.0)
        gps[ExifTags.GPS.GPSLongitude] = (at[1], 0.0, 0.0)
    kept = io.BytesIO()
    image.save(kept, kind, exif=exif, quality=90)
    return kept.getvalue()


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def case() -> HelpCase:
    made: HelpCase = HelpCaseFactory(in_help=True)
    agree(made)
    return made


def agree(case: HelpCase) -> None:
    Consent.objects.create(
        household=case.household, purpose="PHOTO", given_on="2018-04-02",
        recorded_at=case.referred_at,
    )  # fmt: skip


def served(case: HelpCase, day: str = "2018-05-01", **facts: Any) -> ServiceRecord:
    item = case.plan_in_force.items.first()
    given = {"quantity": 1, "minutes": 60, "recorded_at": case.referred_at, "worker": "试甲"}
    made = case.services.create(item=item, served_on=day, provider=item.provider, **given | facts)
    made.refresh_from_db()
    return made


def add(case: HelpCase, *content: bytes, **facts: Any) -> dict[str, Any]:
    return do(add_photos, case, photos=[text(one) for one in content], **facts)


class TestReading:
    def test_written_anew_without_what_the_camera_wrote(self) -> None:
        read = read_photo(picture(taken="2018:05:01 10:20:30", at=HOME))
        assert b"secret camera" not in read.content
        again = Image.open(io.BytesIO(read.content))
        assert dict(again.getexif()) == {}
        assert read.taken_at is not None
        assert read.taken_at.isoformat() == "2018-05-01T10:20:30"
        assert read.place == pytest.approx(HOME)

    def test_made_small_and_upright(self) -> None:
        read = read_photo(picture(size=(4000, 3000)))
        assert (read.width, read.height) == (1600, 1200)
        image = Image.open(io.BytesIO(picture()))
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = 6
        kept = io.BytesIO()
        image.save(kept, "JPEG", exif=exif)
        assert read_photo(kept.getvalue()).height > read_photo(kept.getvalue()).width

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_kinds(self, kind: str) -> None:
        assert read_photo(picture(kind=kind)).content[:2] == b"\xff\xd8"

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"GIF89a" + b"0" * 50, b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            picture()[:200], b"\xff\xd8\xff" + b"\x00" * 400, b"\x89PNG\r\n\x1a\n" + b"x" * 90,
        ],
    )  # fmt: skip
    def test_no_photo_is_told_in_words(self, content: bytes) -> None:
        with pytest.raises(Incomplete) as refusal:
            read_photo(content)
        assert set(refusal.value.fields) == {"photos"}

    def test_a_bomb_is_refused_before_it_is_opened(self) -> None:
        kept = io.BytesIO()
        Image.new("1", (9000, 9000)).save(kept, "PNG")
        with pytest.raises(Incomplete):
            read_photo(kept.getvalue())

    def test_likeness_survives_another_size_and_tells_others_apart(self) -> None:
        one = read_photo(picture(1)).likeness
        again = read_photo(picture(1, size=(800, 600), kind="WEBP")).likeness
        other = read_photo(picture(2)).likeness
        assert differing(one, again) <= LIKE < differing(one, other)


class TestAct:
    def test_kept_sealed_with_day_and_place_apart(self, case: HelpCase) -> None:
        record = served(case)
        add(case, picture(taken="2018:05:01 10:20:30", at=HOME), service=record.pk)
        kept = Photo.objects.get()
        assert kept.content[:2] == b"\xff\xd8"
        assert kept.point == pytest.approx(HOME)
        record.refresh_from_db()
        assert record.evidence == ["PHO"]
        facts = last_entry(case).facts
        assert (facts["photos"], facts["service"]) == (1, record.pk)

    def test_of_the_visit_where_no_service_is_named(self) -> None:
        visiting = HelpCaseFactory(verifying=True)
        agree(visiting)
        visiting.verifications.update(photos=0)
        add(visiting, picture(1), picture(2))
        assert visiting.verifications.get().photos == 2

    def test_not_before_the_household_agreed(self) -> None:
        with pytest.raises(Incomplete):
            add(HelpCaseFactory(in_help=True), picture())
        assert not Photo.objects.exists()

    def test_not_of_another_providers_service(self, case: HelpCase) -> None:
        record = served(case)
        assert record.provider is not None
        own = record.provider.credit_code
        other = next(code for code in (PROVIDER_A, PROVIDER_B) if code != own)
        with pytest.raises(NotYours):
            add(case, picture(), service=record.pk, by=staff("PR", other, username="other"))
        add(case, picture(), service=record.pk, by=staff("PR", own))

    @pytest.mark.parametrize(
        "photos", [[], "x", ["not base64!"], [text(b"no picture")], [text(picture())] * 7]
    )
    def test_bad_input_is_told_beside_the_field(self, case: HelpCase, photos: Any) -> None:
        with pytest.raises(Incomplete) as refusal:
            do(add_photos, case, photos=photos, service=served(case).pk)
        assert set(refusal.value.fields) == {"photos"}

    def test_withdrawal_deletes_the_picture_and_keeps_that_it_was_there(
        self, case: HelpCase
    ) -> None:
        add(case, picture(at=HOME), service=served(case).pk)
        do(forget_photos, case)
        kept = Photo.objects.get()
        assert (kept.content, kept.place) == (b"", "")
        assert kept.deleted_at is not None


class TestDoubts:
    def codes(self, case: HelpCase, **facts: Any) -> dict[str, tuple[str, ...]]:
        return {doubt.code: doubt.proofs for doubt in doubts_of(case, **facts)}

    def test_a_photo_used_in_another_household(self, case: HelpCase) -> None:
        other = HelpCaseFactory(in_help=True)
        agree(other)
        add(other, picture(3), service=served(other).pk)
        add(case, picture(3, kind="PNG"), service=served(case).pk)
        proofs = self.codes(case)[REUSED]
        assert other.case_no in proofs[0]
        assert self.codes(case, names_others=False)[REUSED] == ()
        assert REUSED not in self.codes(other)

    def test_different_photos_raise_nothing(self, case: HelpCase) -> None:
        add(case, picture(4), picture(5), picture(6), service=served(case).pk)
        assert not {REUSED, OTHER_DAY, FAR_AWAY} & self.codes(case).keys()

    def test_taken_on_another_day(self, case: HelpCase) -> None:
        add(case, picture(1, taken="2018:05:01 23:59:00"), service=served(case).pk)
        assert OTHER_DAY not in self.codes(case)
        add(case, picture(2, taken="2018:04:30 10:00:00"), service=served(case).pk)
        assert "2018-04-30" in self.codes(case)[OTHER_DAY][0]

    def test_taken_far_from_the_others(self, case: HelpCase) -> None:
        record = served(case)
        near = [picture(n, at=(HOME[0] + n / 10_000, HOME[1])) for n in range(3)]
        add(case, *near, service=record.pk)
        assert FAR_AWAY not in self.codes(case)
        add(case, picture(9, at=(HOME[0] + 0.05, HOME[1])), service=record.pk)
        assert len(self.codes(case)[FAR_AWAY]) == 1

    @pytest.mark.parametrize(
        ("other_at", "is_told"), [("10:59", True), ("11:00", False), ("09:30", True)]
    )
    def test_in_two_homes_at_one_time(self, case: HelpCase, other_at: str, is_told: bool) -> None:
        served(case, began_at=time(10, 0))
        other = HelpCaseFactory(in_help=True)
        served(other, began_at=time.fromisoformat(other_at))
        told = self.codes(case)
        assert (OVERLAP in told) is is_told
        if is_told:
            assert other.case_no in told[OVERLAP][0]


class TestScreen:
    def test_brought_by_form_seen_on_the_page_and_by_nobody_else(self) -> None:
        walk = Walk.upto("serve")
        agree(walk.case)
        record = walk.case.services.first()
        client = client_of(walk, "CW")
        act = reverse("act_page", args=[walk.case.case_no, "add_photos"])
        sent = client.post(
            act,
            {
                "key": "k1", "service": record.pk,
                "photos": [
                    SimpleUploadedFile("a.jpg", picture(1), "image/jpeg"),
                    SimpleUploadedFile("b.png", picture(2, kind="PNG"), "image/png"),
                ],
            },
        )  # fmt: skip
        assert sent.status_code == 302, sent.content.decode()[:3000]
        photo = Photo.objects.first()
        place = reverse("case_photo", args=[walk.case.case_no, photo.pk])
        page = client.get(reverse("case_page", args=[walk.case.case_no])).content.decode()
        assert place in page
        shown = client.get(place)
        assert shown["Content-Type"] == "image/jpeg"
        assert "no-store" in shown["Cache-Control"]
        assert (
            client_of(Walk("110101901", id_no="110199197605129013"), "CW").get(place).status_code
            == 404
        )

    def test_what_is_no_photo_is_refused_in_words(self) -> None:
        walk = Walk.upto("serve")
        agree(walk.case)
        act = reverse("act_page", args=[walk.case.case_no, "add_photos"])
        upload = SimpleUploadedFile("a.jpg", b"not a photo", "image/jpeg")
        answer = client_of(walk, "CW").post(
            act, {"key": "k", "photos": upload, "service": walk.case.services.first().pk}
        )
        assert answer.status_code == 422
        assert "无法读取该照片" in answer.content.decode()
