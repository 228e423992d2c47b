"""Figures for the watch over the installation, in the form Prometheus reads; nothing of anybody."""

import os
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from workflows.health import findings, oldest_due_seconds


class Installation(Collector):
    """What is read from the tables at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        holds = GaugeMetricFamily(
            "casework_holds", "1 where a check of the installation holds", labels=["check"]
        )
        for finding in findings():
            holds.add_metric([finding.name], float(finding.holds))
        yield holds
        oldest = GaugeMetricFamily(
            "casework_oldest_due_seconds", "How long the oldest due work has waited", labels=["of"]
        )
        for name, seconds in oldest_due_seconds().items():
            oldest.add_metric([name], seconds)
        yield oldest


def exposition() -> bytes:
    """Every figure, of all web processes together where they share a folder for it."""
    registry = CollectorRegistry()
    registry.register(Installation())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


def is_key(given: str) -> bool:
    """The right key to the figures was shown; without a key they are closed to everybody."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, expected)
