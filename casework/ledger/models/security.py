from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import AppendOnly


class SecurityEvent(AppendOnly):
    """One thing that happened at the doors: who came in, who was refused, what was changed.

    A name that is no account's is kept as a digest only: people type passwords there by mistake.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "SIGNED_IN", _("signed in")
        SIGNED_OUT = "SIGNED_OUT", _("signed out")
        REFUSED = "REFUSED", _("sign-in refused")
        LOCKED = "LOCKED", _("locked after many attempts")
        LOCK_LIFTED = "LOCK_LIFTED", _("lock lifted")
        CONFIRMED = "CONFIRMED", _("confirmed again who it is")
        FACTOR_ADDED = "FACTOR_ADDED", _("second factor added")
        FACTOR_REMOVED = "FACTOR_REMOVED", _("second factor removed")
        FACTOR_WRONG = "FACTOR_WRONG", _("wrong second factor")
        PASSWORD = "PASSWORD", _("password changed")  # noqa: S105  a code of the log
        SESSION_ENDED = "SESSION_ENDED", _("session ended by security")
        ROLE_GIVEN = "ROLE_GIVEN", _("role given")
        ROLE_ENDED = "ROLE_ENDED", _("role ended")
        TOKEN_ISSUED = "TOKEN_ISSUED", _("token of a program issued")  # noqa: S105
        TOKEN_REVOKED = "TOKEN_REVOKED", _("token of a program revoked")  # noqa: S105

    moment = models.DateTimeField(_("moment"))
    kind = models.CharField(_("what happened"), max_length=14, choices=Kind)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("account"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    digest = models.CharField(_("digest of the name"), max_length=64, blank=True)
    detail = models.CharField(_("detail"), max_length=60, blank=True)
    address = models.CharField(_("from where"), max_length=45, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security log")
        indexes = [models.Index(fields=["account", "-id"], name="security_by_account")]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id or ''}"
