from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "casework.households"
    verbose_name = _("Households")

    def ready(self) -> None:
        # Each app says what of a household it forgets; it is read when all models stand.
        autodiscover_modules("forgetting")
        from casework.households import reindexing  # noqa: F401  registers what moves its indexes
