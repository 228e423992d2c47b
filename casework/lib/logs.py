"""Log lines: what happened, to which request, and never about whom.

One JSON object a line in production, a readable line in a demonstration. Identity numbers and
telephone numbers are struck out of every line, and a fault is told by its class and its frames,
never by its words: the words of a fault may quote a person's data.
"""

import re
import sys
import traceback
from types import TracebackType
from typing import Any, Final, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Chinese resident identity numbers (GB 11643-1999) and mobile telephone numbers.
PERSONAL: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?![\dA-Za-z])")
STRUCK_OUT: Final = "***"
_FRAMES: Final = 12


def strike_out(text: str) -> str:
    """The text without identity and telephone numbers."""
    return PERSONAL.sub(STRUCK_OUT, text)


def without_numbers(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The last line of defence: no number of a person leaves in a log line, however it got in."""
    return cast("EventDict", _struck(event))


def _struck(value: Any) -> Any:
    if isinstance(value, str):
        return strike_out(value)
    if isinstance(value, dict):
        return {key: _struck(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return strike_out(str(value)) if PERSONAL.search(str(value)) else value
    return value


def fault_without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace a fault by its class, its causes' classes and its frames."""
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, BaseException):
        fault = (type(fault), fault, fault.__traceback__)
    if fault and fault[1] is not None:
        event["fault"] = _classes(fault[1])
        event["frames"] = _frames(fault[2])
    return event


def _classes(fault: BaseException) -> str:
    names: list[str] = []
    link: BaseException | None = fault
    while link is not None and len(names) < _FRAMES:
        names.append(f"{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or link.__context__
    return " < ".join(names)


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_FRAMES:]
    ]


SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    fault_without_words,
    without_numbers,
]


def configure() -> None:
    """Let structlog's loggers write through the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: one handler, one form, for our lines and every library's."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    form = {
        "()": structlog.stdlib.ProcessorFormatter,
        # Extras are left out: a library may put the whole request there.
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_numbers,
            last,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": form},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # No error mail: its report would carry local variables.
            "django": {"handlers": [], "level": level, "propagate": True},
            # Statements carry their parameters; they are not for logs at any level.
            "django.db.backends": {"level": "WARNING"},
            # Said once by our own line of the request.
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            # It warns that a broker of files has no host name.
            "kombu.connection": {"level": "ERROR"},
        },
    }
