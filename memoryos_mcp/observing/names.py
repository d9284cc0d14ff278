"""The names by which requests are told apart, and whether what tells of them is installed."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import TYPE_CHECKING, Final

from mcp_types.methods import SPEC_CLIENT_METHODS, SPEC_CLIENT_NOTIFICATION_METHODS

from memoryos.errors import MissingDependencyError

if TYPE_CHECKING:
    from memoryos import Config

OTHER: Final = "other"
"""The label of what is none of the names that are known here."""

_METHODS: Final = SPEC_CLIENT_METHODS | SPEC_CLIENT_NOTIFICATION_METHODS


_PACKAGES: Final = (
    ("metrics_readers", "metrics", ("prometheus_client",)),
    ("traces_url", "traces", ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter")),
)


def known(method: object, name: object, tools: Collection[str]) -> tuple[str, str]:
    """The labels of a request: its method and, of a call, its tool, which is "" for other methods."""
    if method != "tools/call":
        return str(method) if method in _METHODS else OTHER, ""
    return str(method), name if isinstance(name, str) and name in tools else OTHER


def check_observable(config: Config) -> None:
    """Raise `MissingDependencyError` where the configuration asks for what its package is not installed for."""
    for key, extra, modules in _PACKAGES:
        if not getattr(config, key):
            continue
        try:
            for module in modules:
                import_module(module)
        except ImportError as error:
            raise MissingDependencyError(
                f"{key}: its package cannot be imported ({error}); install it from the checkout: "
                f"python -m pip install '.[{extra}]'"
            ) from error
