"""Names in the settings and what they stand for, also in packages of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugins import install

from memoryos.config.registry import Registry
from memoryos.errors import ConfigError, MissingDependencyError

OURS = Registry(
    "drink",
    "memoryos.drinks",
    {"tea": "leaves", "coffee": "beans", "soft/*": "sugar"},
    missing={"wine*": "comes with an extra that is not installed; pip install '.[cellar]'"},
)


@pytest.mark.parametrize(("name", "value"), [("tea", "leaves"), ("soft/cola", "sugar"), ("Tea", None), ("soft", None)])
def test_a_name_or_its_pattern_finds_what_it_stands_for(name: str, value: str | None) -> None:
    assert OURS.find(name) == value


def test_an_unknown_name_is_answered_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(ConfigError) as raised:
        OURS.named("coffe")
    assert str(raised.value) == "drink: got 'coffe'; known: tea, coffee, soft/*; did you mean coffee?"


def test_a_name_that_an_extra_brings_is_answered_with_its_install_line() -> None:
    with pytest.raises(MissingDependencyError) as raised:
        OURS.named("wine-red")
    assert str(raised.value) == ("drink: wine-red: comes with an extra that is not installed; pip install '.[cellar]'")


def test_where_nothing_is_known_that_is_said() -> None:
    nothing: Registry[str] = Registry("drink", "memoryos.drinks")
    with pytest.raises(ConfigError) as raised:
        nothing.named("tea")
    assert str(raised.value) == "drink: got 'tea'; known: none; a package that brings one has to be installed"


def test_another_package_adds_names_and_patterns_without_a_line_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, tmp_path / "site", "WATER = 'springs'", drinks="water = acme:WATER\njuice/* = acme:WATER")

    assert [OURS.find(name) for name in ("water", "juice/apple", "milk")] == ["springs", "springs", None]
    assert list(OURS.names()) == ["tea", "coffee", "soft/*", "juice/*", "water"]
    assert list(OURS.others()) == [("juice/*", "springs"), ("water", "springs")]
    with pytest.raises(ConfigError, match=r"known: tea, coffee, soft/\*, juice/\*, water"):
        OURS.named("milk")


def test_what_this_package_brings_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path / "site", "raise RuntimeError('imported')", drinks="tea = acme:TEA")

    assert OURS.find("tea") == "leaves"
    assert list(OURS.others()) == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("", "AttributeError: module 'acme' has no attribute 'WATER'"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, reason: str
) -> None:
    install(monkeypatch, tmp_path / "site", source, drinks="water = acme:WATER")

    with pytest.raises(ConfigError) as raised:
        OURS.named("water")
    assert str(raised.value) == (
        f"drink: water of acme cannot be loaded ({reason}); install that package anew, or remove it"
    )
