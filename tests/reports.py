"""Joins the reports of an earlier run into a later one, so that one summary speaks for both.

`make test` runs the suite on SQLite and then on PostgreSQL; the last lines count both runs.
"""

import json
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("casework")
    group.addoption("--keep-reports", metavar="FILE", help="write every report to FILE")
    group.addoption("--join-reports", metavar="FILE", help="count the reports kept in FILE too")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if kept := config.getoption("keep_reports"):
        config.pluginmanager.register(Keeper(config, Path(kept)))
    if joined := config.getoption("join_reports"):
        config.pluginmanager.register(Joiner(config, Path(joined)))


class Keeper:
    """Writes each report as one line while the tests run."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self.config = config
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lines = path.open("w", encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._keep(report)

    def pytest_unconfigure(self) -> None:
        self.lines.close()

    def _keep(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        content = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        # xdist hangs its worker on the report; it means nothing in another process.
        content.pop("node", None)
        self.lines.write(json.dumps(content, default=str) + "\n")


class Joiner:
    """Counts the kept reports in this run's summary and exit status."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self.config = config
        self.path = path

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        for line in self.path.read_text(encoding="utf-8").splitlines():
            self._count(reporter, json.loads(line))
        if session.exitstatus == pytest.ExitCode.OK and (
            reporter.stats.get("failed") or reporter.stats.get("error")
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        # A skipped test proves nothing: tests that do not belong to a run are deselected instead.
        if session.exitstatus == pytest.ExitCode.OK and reporter.stats.get("skipped"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _count(self, reporter: TerminalReporter, content: dict[str, object]) -> None:
        report = self.config.hook.pytest_report_from_serializable(config=self.config, data=content)
        report.nodeid = f"SQLite: {report.nodeid}"
        if isinstance(report, pytest.CollectReport):
            reporter._add_stats("error", [report])
            return
        category, _, _ = self.config.hook.pytest_report_teststatus(
            report=report, config=self.config
        )
        reporter._add_stats(category, [report])
