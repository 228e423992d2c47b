"""Accounts, and which role each holds, where, and from when to when."""

from datetime import date
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.lib import clock


class User(AbstractUser):
    """A person, or a program, that acts in the system."""

    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    language = models.CharField(
        _("language"), max_length=10, default="zh-hans", choices=settings.LANGUAGES
    )
    is_system = models.BooleanField(
        _("is a program"),
        default=False,
        help_text=_("A service account: it acts under memberships like anyone."),
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.TextChoices):
    """What a person may do; where, is the unit of the membership."""

    CO = "CO", _("Community worker")
    CW = "CW", _("Caseworker")
    SH = "SH", _("Street head")
    DS = "DS", _("District supervisor")
    CA = "CA", _("City administrator")
    PR = "PR", _("Provider worker")
    EV = "EV", _("Evaluator")
    LE = "LE", _("Lead evaluator")
    AU = "AU", _("Auditor")
    SEC = "SEC", _("Security administrator")
    SYS = "SYS", _("System administrator")


# The levels of division at which a role can be held; a role not named here belongs to an
# organisation of the kind below.
DIVISION_LEVELS: Final[dict[str, frozenset[str]]] = {
    Role.CO: frozenset({"COMMUNITY"}),
    Role.CW: frozenset({"STREET"}),
    Role.SH: frozenset({"STREET"}),
    Role.DS: frozenset({"DISTRICT"}),
    Role.CA: frozenset({"CITY"}),
    Role.AU: frozenset({"CITY", "DISTRICT"}),
    Role.SEC: frozenset({"CITY"}),
    Role.SYS: frozenset({"CITY"}),
}
ORGANISATION_KINDS: Final[dict[str, str]] = {
    Role.PR: "PROVIDER",
    Role.EV: "EVALUATOR",
    Role.LE: "EVALUATOR",
}
_WATCHERS: Final = frozenset({Role.SYS, Role.SEC, Role.AU})
_EVALUATORS: Final = frozenset({Role.EV, Role.LE})
_EVALUATED: Final = frozenset({Role.CO, Role.CW, Role.SH, Role.DS, Role.PR})


def excludes(role: str, other: str) -> bool:
    """No one person may hold these two roles at the same time."""
    if role == other:
        return False
    pair = {role, other}
    return pair <= _WATCHERS or bool(pair & _EVALUATORS and pair & _EVALUATED)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: date) -> "MembershipQuerySet":
        """Memberships that hold on a day: both ends count, a revocation ends its own day."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=on),
            Q(revoked_on=None) | Q(revoked_on__gt=on),
            valid_from__lte=on,
        )

    def overlapping(self, start: date, end: date | None) -> "MembershipQuerySet":
        """Memberships that hold on some day of a period."""
        found = self.filter(
            Q(valid_to=None) | Q(valid_to__gte=start), Q(revoked_on=None) | Q(revoked_on__gt=start)
        )
        return found if end is None else found.filter(valid_from__lte=end)


class Membership(models.Model):
    """One role of one person in one unit, from a day to a day; never erased, only ended."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=3, choices=Role)
    division = models.ForeignKey(
        "directory.Division",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    organisation = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    title = models.CharField(_("job title"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"), default=clock.today)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True, editable=False)
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    granted_at = models.DateTimeField(default=clock.now, editable=False)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    end_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("user", "valid_from", "pk")
        constraints = [
            models.CheckConstraint(
                name="membership_is_in_one_unit",
                condition=Q(division=None) ^ Q(organisation=None),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def clean(self) -> None:
        """Refuse a role in the wrong kind of unit, or beside a role it excludes."""
        try:
            self._check_unit()
        except ObjectDoesNotExist:
            # A unit that does not exist is already told by its own field.
            return
        self._check_exclusions()

    def _check_unit(self) -> None:
        levels = DIVISION_LEVELS.get(self.role)
        if levels is not None:
            if self.organisation_id or self.division is None or self.division.level not in levels:
                raise ValidationError(
                    {"division": _("This role is held in a division of another level.")}
                )
            return
        kind = ORGANISATION_KINDS.get(self.role)
        if self.division_id or self.organisation is None or self.organisation.kind != kind:
            raise ValidationError(
                {"organisation": _("This role is held in an organisation of another kind.")}
            )

    def _check_exclusions(self) -> None:
        held = (
            Membership.objects.overlapping(self.valid_from, self.valid_to)
            .filter(user_id=self.user_id)
            .exclude(pk=self.pk)
        )
        for other in held:
            if excludes(self.role, other.role):
                raise ValidationError(
                    {
                        "role": _("%(role)s and %(other)s exclude one another in one person.")
                        % {"role": self.get_role_display(), "other": other.get_role_display()}
                    }
                )


class ClientScope(models.TextChoices):
    """What a program may ask for; within it, its memberships decide of whom."""

    CASES = "cases", _("Cases and work lists, without personal data")
    REGISTRY = "registry", _("Households and people")
    ACTS = "acts", _("Performing acts")
    DOCUMENTS = "documents", _("Documents")
    FIGURES = "figures", _("Figures")
    CHANGES = "changes", _("The feed of changes")


class ApiClient(models.Model):
    """A program's way in: a token of a service account, of which only a digest is kept."""

    account = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="clients", verbose_name=_("service account")
    )
    name = models.CharField(_("name of the program"), max_length=60)
    prefix = models.CharField(_("beginning of the token"), max_length=12, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("may ask for"))
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"), default=clock.now)
    expires_on = models.DateField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ("-issued_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_valid(self, on: date) -> bool:
        """Neither revoked nor run out, and its account is in use."""
        return self.revoked_at is None and on <= self.expires_on and self.account.is_active
