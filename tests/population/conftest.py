"""The engines, each started once: Spark and PostgreSQL take some seconds."""

from collections.abc import Iterator

import pytest

from bangfu.policy.population import engines
from tests import postgres


@pytest.fixture(scope="session")
def duckdb() -> Iterator[engines.Machine]:
    with engines.opened("duckdb") as machine:
        yield machine


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A PostgreSQL server: the one the tests run on, or one of our own."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql(database_url: str) -> Iterator[engines.Machine]:
    with engines.opened("postgresql", engines.Options(database=database_url)) as machine:
        yield machine


@pytest.fixture(scope="session")
def spark() -> Iterator[engines.Machine]:
    """Small programs on few rows: what Java's second compiler would save, it costs twice over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield from _spark()


def _spark() -> Iterator[engines.Machine]:
    with engines.opened("spark", engines.Options(master="local[2]", memory="1g")) as machine:
        yield machine


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each engine that takes seconds to start is started by one worker only (``--dist loadgroup``)."""
    for item in items:
        for name in ("spark", "postgresql"):
            if name in getattr(item, "fixturenames", ()) or f"[{name}" in item.name:
                item.add_marker(pytest.mark.xdist_group(name))
