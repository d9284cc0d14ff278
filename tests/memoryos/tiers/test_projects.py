"""What is learnt in a project: of the person it is known everywhere, of the work only there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from engine import NOON, Engine, build_engine

from memoryos.models import EVERYTHING, PERSONAL, Analysis, Fact, NewPage, Page, Scope, Trait

ALPHA, BETA = Scope("alpha"), Scope("beta")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = build_engine(tmp_path / "memory.db")
    engine.store.use_embedder("hash/1", 128)
    return engine


def learn(engine: Engine, project: str | None, *facts: Fact, traits: tuple[Trait, ...] = ()) -> Page:
    """Have these facts and traits told by a page of a project, later than what was told before."""
    engine.clock.advance(3_600)
    now = engine.clock()
    page = engine.store.add_page(NewPage("told", "", now, project=project), timestamp="2026-03-01", now=now).page
    claim = engine.store.claim("analyse", "one", lease_seconds=30, now=now)
    assert claim is not None
    known = engine.long_term.of_page(page)
    told = Analysis(traits, facts, "model")
    engine.store.commit_analysis(claim, known.plan([page], told, [None] * len(facts), now=now), now=now)
    engine.store.release(claim)
    return page


def known(engine: Engine, scope: Scope) -> list[str]:
    return [fact.text for fact in engine.long_term.within(scope).user_knowledge()]


def test_what_a_person_is_or_has_is_known_everywhere_and_the_work_where_it_is(engine: Engine) -> None:
    learn(
        engine,
        "alpha",
        Fact("user", "The user lives in Bern.", (0,), slot="home", value="bern"),
        Fact("user", "The user deploys with Nomad.", (0,), slot="tool", value="nomad"),
        Fact("user", "The user renamed the billing job.", (0,)),
        Fact("assistant", "The assistant wrote the migration.", (0,)),
    )

    home, work = "The user lives in Bern.", ["The user deploys with Nomad.", "The user renamed the billing job."]
    assert {scope: known(engine, scope) for scope in (PERSONAL, ALPHA, BETA, EVERYTHING)} == {
        PERSONAL: [home],
        ALPHA: [home, *work],
        BETA: [home],
        EVERYTHING: [home, *work],
    }
    assert [len(engine.long_term.within(scope).assistant_knowledge()) for scope in (ALPHA, BETA)] == [1, 0]
    (elsewhere,) = engine.long_term.within(BETA).user_knowledge()
    assert elsewhere.sources == ()  # the page is of another project


def test_a_projects_fact_takes_the_place_of_none_elsewhere_and_a_move_is_known_everywhere(engine: Engine) -> None:
    for project, city, tool in (("alpha", "Bern", "Nomad"), ("beta", "Porto", "Helm"), (None, "Turku", "Ansible")):
        home = Fact("user", f"The user lives in {city}.", (0,), slot="home", value=city.lower())
        uses = Fact("user", f"The user deploys with {tool} now.", (0,), slot="tool", value=tool.lower())
        learn(engine, project, home, uses)

    here = "The user lives in Turku."
    assert known(engine, ALPHA) == ["The user deploys with Nomad now.", here, "The user deploys with Ansible now."]
    assert known(engine, BETA) == ["The user deploys with Helm now.", here, "The user deploys with Ansible now."]
    assert known(engine, PERSONAL) == [here, "The user deploys with Ansible now."]


def test_a_correction_belongs_where_the_corrected_fact_does(engine: Engine) -> None:
    learn(engine, None, Fact("user", "The user plays the piano on Mondays.", (0,)))
    (fact,) = engine.long_term.user_knowledge()
    learn(engine, "alpha", Fact("user", "The user plays the piano on Fridays.", (0,), replaces=fact.id))
    learn(engine, "beta", Fact("user", "The user sold it.", (0,), replaces="01AAAAAAAAAAAAAAAAAAAAAAAA"))

    assert known(engine, PERSONAL) == ["The user plays the piano on Fridays."]


def test_a_trait_is_the_persons_and_its_evidence_stays_in_the_project(engine: Engine) -> None:
    trait = Trait("Patience", "Low", "cursed at the billing job", NOON + timedelta(hours=1), "2026-03-01")
    learn(engine, "alpha", traits=(trait,))

    profile = engine.long_term.within(BETA).profile()
    assert [(trait.dimension, trait.level, trait.evidence) for trait in profile.traits] == [("Patience", "Low", "")]
    assert profile.text == "Patience: Low (2026-03-01)"
