from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.households import codes
from casework.households.models.versions import Versions
from casework.lib import clock
from casework.lib.crypto import EncryptedTextField, blind_index, blind_indexes, is_moving_index
from casework.lib.identity import age_on, is_test_number, mask_id, mask_name, mask_phone, normalise
from casework.lib.sounds import LONGEST, sounds_of

ID_PURPOSE = "member-id"
PHONE_PURPOSE = "member-phone"
GUARDED_AGE = 14
ADULT_AGE = 18


def id_hash(number: str) -> str:
    """What an ID number is matched by; equal numbers give equal hashes, nothing leads back."""
    return blind_index(normalise(number), ID_PURPOSE) if number else ""


def id_hashes(number: str) -> list[str]:
    """Every hash under which an ID number may lie; two while the index moves to another key."""
    return blind_indexes(normalise(number), ID_PURPOSE) if number else []


def phone_hash(number: str) -> str:
    """What a telephone number is found by; blanks and dashes do not count."""
    digits = _digits(number)
    return blind_index(digits, PHONE_PURPOSE) if digits else ""


def phone_hashes(number: str) -> list[str]:
    """Every hash under which a telephone number may lie."""
    digits = _digits(number)
    return blind_indexes(digits, PHONE_PURPOSE) if digits else []


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdecimal())


# A column, the one made of it, and how.
_FOUND_BY: Final[tuple[tuple[str, str, Callable[[str], str]], ...]] = (
    ("id_no", "id_hash", id_hash),
    ("phone", "phone_hash", phone_hash),
    ("name", "name_sound", sounds_of),
)


class Member(models.Model):
    """A person of a household; what identifies the person lies encrypted."""

    household = models.ForeignKey(
        "households.Household",
        on_delete=models.PROTECT,
        related_name="members",
        verbose_name=_("household"),
    )
    name = models.CharField(_("full name"), max_length=60)
    id_type = models.CharField(
        _("kind of document"), max_length=3, choices=codes.IdType, default=codes.IdType.RESIDENT
    )
    id_no = EncryptedTextField(_("ID number"), blank=True)
    id_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=codes.Sex, default=codes.Sex.UNKNOWN)
    birth_date = models.DateField(_("born on"), null=True, blank=True)
    ethnicity = models.CharField(
        _("ethnic group"), max_length=2, choices=codes.ETHNICITY_CHOICES, blank=True
    )
    marital = models.CharField(_("marital status"), max_length=2, choices=codes.Marital, blank=True)
    relation_to_head = models.CharField(
        _("relation to head"), max_length=2, choices=codes.Relation, blank=True
    )
    hukou_type = models.CharField(
        _("kind of registration"), max_length=7, choices=codes.HukouType, blank=True
    )
    education = models.CharField(_("education"), max_length=2, choices=codes.Education, blank=True)
    in_school = models.CharField(
        _("stage of school"), max_length=3, choices=codes.School, blank=True
    )
    school = models.CharField(_("school"), max_length=100, blank=True)
    grade = models.CharField(_("grade at school"), max_length=20, blank=True)
    health = models.CharField(_("health"), max_length=2, choices=codes.Health, blank=True)
    chronic_diseases = models.JSONField(_("chronic illnesses"), default=list, blank=True)
    disability_cert_no = EncryptedTextField(_("disability certificate no."), blank=True)
    disability_types = models.JSONField(_("kinds of disability"), default=list, blank=True)
    disability_grade = models.CharField(
        _("disability grade"), max_length=1, choices=codes.DisabilityGrade, blank=True
    )
    ability_level = models.PositiveSmallIntegerField(_("ability level"), null=True, blank=True)
    self_care = models.CharField(_("self-care"), max_length=7, choices=codes.SelfCare, blank=True)
    employment = models.CharField(
        _("employment"), max_length=2, choices=codes.Employment, blank=True
    )
    work_capacity = models.CharField(
        _("capacity for work"), max_length=7, choices=codes.WorkCapacity, blank=True
    )
    guardian = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wards",
        verbose_name=_("guardian"),
    )
    phone = EncryptedTextField(_("telephone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    name_sound = models.CharField(max_length=LONGEST, blank=True, editable=False)
    death_date = models.DateField(_("died on"), null=True, blank=True)
    is_dependent = models.BooleanField(_("dependent"), default=False)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    join_reason = models.CharField(
        _("how the person joined"), max_length=12, choices=codes.JoinReason, blank=True
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)
    leave_reason = models.CharField(
        _("why the person left"), max_length=14, choices=codes.LeaveReason, blank=True
    )

    history = Versions(
        excluded_fields=["id_hash", "phone_hash", "name_sound"],
        verbose_name=_("former state of a member"),
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("household", "pk")
        constraints = [
            models.CheckConstraint(
                name="member_is_not_own_guardian",
                condition=Q(guardian=None) | ~Q(guardian=models.F("pk")),
            ),
            models.CheckConstraint(
                name="member_ability_level_is_known",
                condition=Q(ability_level=None) | Q(ability_level__lte=4),
            ),
            models.CheckConstraint(
                name="member_left_for_a_reason",
                condition=Q(left_on=None, leave_reason="") | ~Q(left_on=None) & ~Q(leave_reason=""),
            ),
        ]

    def __str__(self) -> str:
        # Ends up in logs and error pages: no name, no number.
        return f"member {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What a person is found by follows what it is made of, whoever writes that."""
        wanted = kwargs.get("update_fields")
        for source, column, made in _FOUND_BY:
            if wanted is None or source in wanted:
                setattr(self, column, made(getattr(self, source)))
                if wanted is not None:
                    wanted = kwargs["update_fields"] = {*wanted, column}
        super().save(*args, **kwargs)

    @property
    def id_hashes(self) -> list[str]:
        """The hashes under which other entries of this person lie; none without a number."""
        if not self.id_hash:
            return []
        return id_hashes(self.id_no) if is_moving_index() else [self.id_hash]

    def age(self, on: date | None = None) -> int | None:
        """Full years of life, at death for someone who died."""
        if self.birth_date is None:
            return None
        day = on or clock.today()
        return age_on(self.birth_date, min(day, self.death_date or day))

    def is_minor(self, on: date | None = None) -> bool:
        """Under eighteen: the name never appears in public."""
        years = self.age(on)
        return years is not None and years < ADULT_AGE

    def needs_guardian_consent(self, on: date | None = None) -> bool:
        """Under fourteen: nothing is kept before the guardian agreed."""
        years = self.age(on)
        return years is not None and years < GUARDED_AGE

    @property
    def is_severely_disabled(self) -> bool:
        """Grade 1 or 2 of any kind, or grade 3 of an intellectual or mental disability."""
        if self.disability_grade in {"1", "2"}:
            return True
        return self.disability_grade == "3" and bool({"5", "6"} & set(self.disability_types))

    @property
    def is_alive(self) -> bool:
        return self.death_date is None

    @property
    def shares(self) -> bool:
        """Lives, and still belongs to the household."""
        return self.death_date is None and self.left_on is None

    @property
    def is_test(self) -> bool:
        """An invented person of demonstrations and tests."""
        return is_test_number(self.id_no)

    @property
    def masked_id(self) -> str:
        """The ID number as working screens show it."""
        return mask_id(self.id_no)

    @property
    def masked_phone(self) -> str:
        """The telephone number as working screens show it."""
        return mask_phone(self.phone)

    @property
    def public_name(self) -> str:
        """The name a public notice may show: a minor's never appears, the guardian's does."""
        if not self.is_minor():
            return mask_name(self.name)
        guardian = self.guardian
        return mask_name(guardian.name) if guardian and not guardian.is_minor() else "*"
