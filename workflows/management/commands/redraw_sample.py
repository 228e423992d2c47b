import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.cases.models import HelpCase
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.operations.draw import comes_again, redraw


class Command(BaseCommand):
    """Repeat a recorded draw; fails where it does not come to the same cases."""

    help = "Repeat the draw of a month such as 2018-07 in a district such as 110112."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="a month, such as 2018-07")
        parser.add_argument("district", help="a district's code, such as 110112")

    def handle(self, *args: Any, **options: Any) -> None:
        made = SampleDraw.objects.filter(
            month=options["month"], district_id=options["district"]
        ).first()
        if made is None:
            raise CommandError("There is no draw of this month and district.")
        again = redraw(made)
        revisits = (list(again.phone), list(again.door)) == (made.phone, made.door)
        same = revisits and comes_again(made, again)
        numbers = HelpCase.objects.filter(pk__in=again.chosen).order_by("pk")
        told = {
            "month": made.month,
            "district": made.district_id,
            "seed": made.seed,
            "population": made.population,
            "drawn": list(numbers.values_list("case_no", flat=True)),
            "same": same,
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))
        if not same:
            raise CommandError("The draw does not come to the cases that were recorded.")
