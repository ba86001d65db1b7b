"""What Prometheus is told: requests, stages, answers, queue, index and jobs."""

import logging
import threading
from collections import Counter as Tally
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rag.errors import LibraryError
from rag.library.job import FINISHED, JobState
from rag.library.jobs import Jobs
from rag.types import Answer, Timings, Verdict
from rag.web.http.request_context import current

if TYPE_CHECKING:
    from rag.service.service import Finding, Service

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_OTHER: Final = "other"
_SERVER: Final = 500
_LOG: Final = logging.getLogger("sourcier.metrics")


class Metrics:
    """The service's own registry, and what is counted in it; safe among threads."""

    def __init__(self, service: "Service") -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_State(service))
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "sourcier_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "sourcier_request_seconds",
            "Time from a request's headers to the end of its response.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "sourcier_errors",
            "Requests that failed on the service's side (5xx), by kind of problem.",
            ("problem",),
            registry=self.registry,
        )
        self._stages = Histogram(
            "sourcier_stage_seconds",
            "Time of each stage of a question; embed holds the wait for its batch.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "sourcier_answers",
            "Questions, by what became of them: answered, possible, none.",
            ("verdict",),
            registry=self.registry,
        )
        self._searches = Counter(
            "sourcier_searches", "Searches, by method.", ("method",), registry=self.registry
        )
        for verdict in Verdict:
            self._answers.labels(verdict.value)

    def answered(self, answer: Answer) -> None:
        """Count an answer, with the time that each stage took."""
        context = current()
        context.question, context.answer = answer.question, answer.id
        self._answers.labels(answer.verdict.value).inc()
        self._timed(answer.timings_ms, ("embed", "retrieve", "read", "compose", "total"))

    def searched(self, finding: "Finding") -> None:
        """Count a search, with the time that each stage took."""
        current().question = finding.query
        self._searches.labels(finding.method.value).inc()
        self._timed(finding.timings_ms, ("embed", "retrieve", "read", "total"))

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended; ``status`` is 0 where no response was begun.

        ``route`` is the template, empty where none was found. ``method`` is any token a client
        may send: those of nobody's are counted together.
        """
        route = route or _OTHER
        method = method if method in _METHODS else _OTHER
        self._requests.labels(route, method, str(status)).inc()
        self._latency.labels(route).observe(seconds)
        if status >= _SERVER:
            self._errors.labels(current().problem or _OTHER).inc()

    def expose(self) -> bytes:
        """Everything in Prometheus's text format; reads the records, so not on the loop."""
        return generate_latest(self.registry)

    def _timed(self, timings: Timings, stages: Iterable[str]) -> None:
        for stage in stages:
            self._stages.labels(stage).observe(getattr(timings, stage) / 1000)


class _State(Collector):
    """What is read at the moment it is asked for: queue, index, jobs."""

    def __init__(self, service: "Service") -> None:
        self._service = service
        self._ended = _EndedJobs(service.jobs)

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names would have to be collected, and need an open service."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges as they are now."""
        yield GaugeMetricFamily(
            "sourcier_questions_waiting",
            "Questions admitted and not yet answered.",
            value=self._service.waiting,
        )
        revision = self._service.live.revision
        yield GaugeMetricFamily(
            "sourcier_index_loaded",
            "Whether an index is loaded and answers (1) or not (0).",
            value=int(revision is not None),
        )
        if revision is not None:
            yield GaugeMetricFamily(
                "sourcier_index_documents", "Documents indexed.", value=revision.documents
            )
            yield GaugeMetricFamily(
                "sourcier_index_passages", "Passages indexed.", value=revision.passages
            )
            info = GaugeMetricFamily(
                "sourcier_index_info",
                "The generation that answers and its model; always 1.",
                labels=("generation", "model"),
            )
            info.add_metric((revision.generation, revision.model.name), 1)
            yield info
        yield from self._jobs()

    def _jobs(self) -> Iterable[Metric]:
        try:
            counts, ended = self._service.jobs.counts(), self._ended.counts()
        except LibraryError as error:
            _LOG.error("%s", error)
            return
        jobs = GaugeMetricFamily("sourcier_jobs", "Jobs kept, by state.", labels=("state",))
        for state in JobState:
            jobs.add_metric((state.value,), counts.get(state, 0))
        yield jobs
        endings = CounterMetricFamily(
            "sourcier_jobs_ended",
            "Jobs ended since the service started, by state.",
            labels=("state",),
        )
        for state in JobState:
            if state in FINISHED:
                endings.add_metric((state.value,), ended[state])
        yield endings


class _EndedJobs:
    """Counts the jobs that end, in whatever process; safe among threads.

    Old ones are forgotten by the records, so that counting those kept would go down.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._known = jobs.ended().keys()
        self._counts: Tally[JobState] = Tally()
        self._lock = threading.Lock()

    def counts(self) -> Tally[JobState]:
        """How many have ended in each state, since this was made."""
        with self._lock:
            kept = self._jobs.ended()
            self._counts.update(kept[each] for each in kept.keys() - self._known)
            self._known = kept.keys()
            return self._counts.copy()
