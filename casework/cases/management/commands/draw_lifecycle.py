from typing import Any

from django.core.management.base import BaseCommand

from casework.cases.lifecycle import PAGE, draw_lifecycle


class Command(BaseCommand):
    help = "Draw docs/lifecycle.md from the state machine of the cases."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page as the code is now."""
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(draw_lifecycle(), encoding="utf-8")
        self.stdout.write(f"{PAGE.name}: drawn")
