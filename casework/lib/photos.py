"""Photographs as evidence: made anew from their pixels, what the camera wrote kept apart.

Nothing of the file that was brought is kept: a new JPEG is written, so no hidden data, script or
place travels with the picture. When and where it was taken is read first and kept by itself.
"""

import io
import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import dhash
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from casework.lib.errors import Incomplete

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 1600
QUALITY: Final = 82
KINDS: Final = ("JPEG", "PNG", "WEBP")
# Of 128 differences between neighbouring fields of two pictures of one thing so many may differ.
LIKE: Final = 8
# What the library raises for files that are no picture, broken, or made to burst.
_UNREADABLE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip
_TAKEN = "%Y:%m:%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph as it is kept: JPEG bytes, likeness in hex, the camera's moment and place."""

    content: bytes
    width: int
    height: int
    likeness: str
    taken_at: datetime | None
    place: tuple[float, float] | None


def read_photo(content: bytes) -> Photo:
    """A photograph from the bytes of a file; Incomplete, in words, for whatever is none."""
    if len(content) > MOST_BYTES:
        raise _fault(_("A photo may have at most %(most)d MB.") % {"most": MOST_BYTES >> 20})
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _fault(_("This picture has too many pixels."))
            exif = opened.getexif()
            told = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
            # Upright first: what the camera wrote about turning is not kept.
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except _UNREADABLE as misfit:
        words = _("This is not a photo that can be read (JPEG, PNG or WebP).")
        raise _fault(words) from misfit
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    row, column = dhash.dhash_row_col(picture)
    return Photo(
        content=written.getvalue(),
        width=picture.width,
        height=picture.height,
        likeness=dhash.format_hex(row, column),
        taken_at=_moment(told[0]),
        place=_place(told[1]),
    )


def differing(one: str, other: str) -> int:
    """In how many of 128 places two likenesses differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _moment(exif: dict[int, Any]) -> datetime | None:
    """When the camera says it was taken, in the city's time; cameras name no zone."""
    with suppress(KeyError, ValueError, TypeError):
        return datetime.strptime(str(exif[ExifTags.Base.DateTimeOriginal]), _TAKEN)  # noqa: DTZ007
    return None


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees (WGS 84), where the camera wrote them."""
    try:
        north = _degrees(gps[ExifTags.GPS.GPSLatitude])
        east = _degrees(gps[ExifTags.GPS.GPSLongitude])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if gps.get(ExifTags.GPS.GPSLatitudeRef) == "S":
        north = -north
    if gps.get(ExifTags.GPS.GPSLongitudeRef) == "W":
        east = -east
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _fault(words: str) -> Incomplete:
    return Incomplete(words, {"photos": words})
