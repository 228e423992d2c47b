"""manage.py replay: dated scenarios through the real engine, in a scratch database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflows.replay.background import with_background
from workflows.replay.format import Scenario, load_all
from workflows.replay.player import play, validate
from workflows.replay.report import Report
from workflows.replay.schema import SCENARIO
from workflows.replay.scratch import scratch
from workflows.replay.source import ScenarioError


class Command(BaseCommand):
    help = "Play dated scenarios (YAML) through the real engine and check what they lead to."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="a scenario file or a folder of them")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument(
            "--no-print", action="store_true", help="issue documents without making their PDF"
        )
        parser.add_argument(
            "--schema", action="store_true", help="print the JSON Schema of scenario files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(SCENARIO, ensure_ascii=False, indent=2))
            return
        if not options["path"]:
            raise CommandError(_("Name a scenario file or a folder of them."))
        try:
            scenarios = load_all(Path(options["path"]))
            for scenario in scenarios:
                validate(with_background(scenario))
            with scratch():
                reports = [self._play(scenario, options) for scenario in scenarios]
        except ScenarioError as error:
            raise CommandError(str(error)) from error
        holds = all(report.holds for report in reports)
        if options["json"]:
            answer = {"holds": holds, "scenarios": [report.as_json() for report in reports]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if not holds:
            raise SystemExit(1)

    def _play(self, scenario: Scenario, options: dict[str, Any]) -> Report:
        report = play(scenario, prints=not options["no_print"])
        if not options["json"]:
            self._tell(report)
        return report

    def _tell(self, report: Report) -> None:
        mark = self.style.SUCCESS("✓") if report.holds else self.style.ERROR("✗")
        self.stdout.write(f"{mark} {report.id} {report.title}")
        for case in report.cases:
            due = ", ".join(f"{row['kind']} {row['on']}" for row in case["due"])
            lines = ", ".join(f"{line} {state}" for line, state in case["lines"].items())
            parts = [case["case_no"], case["state"], case["hold"], lines, due]
            self.stdout.write(f"    {case['ref']}: " + " · ".join(part for part in parts if part))
        for document in report.documents:
            self.stdout.write(f"    {document['number'] or document['title']} {document['state']}")
        for text in report.texts:
            self.stdout.write(self.style.ERROR(f"    {text}"))
