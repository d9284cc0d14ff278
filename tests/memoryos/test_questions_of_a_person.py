"""What a question asks of a person is found in whatever words and language it was told, with the shipped model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from memoryos import Config, Memoryos

BOUND = 60.0
TOLD = {
    "home": "I moved to Bremen last spring.",
    "pet": "My cat Minka is seven.",
    "job": "I'm a nurse at the Klinikum Mitte.",
    "allergy": "I'm allergic to hazelnuts.",
}
CHATTER = (
    "Which film won the award this year?",
    "Please sort this list of ships by length.",
    "The bus was late again.",
    "What is the capital of Peru?",
    "How do I remove a stain of red wine?",
    "Translate this sentence into Finnish, please.",
    "The meeting about the logo took three hours.",
    "Why is the sky blue?",
    "Our printer is out of paper once more.",
    "Which of the two drafts reads better?",
    "Give me three words that rhyme with orange.",
)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memoryos]:
    config = Config(data_storage_path=str(tmp_path_factory.mktemp("data")), timezone="UTC")
    with Memoryos.open(config) as memory:
        for said in (*CHATTER[:3], *TOLD.values(), *CHATTER[3:]):
            memory.add_memory(said, "I see.")
        memory.wait_until_idle(BOUND)
        yield memory


@pytest.mark.parametrize(
    ("question", "slot"),
    [
        ("Where do I live?", "home"),
        ("Wo wohne ich?", "home"),
        ("我住在哪里？", "home"),
        ("user location", "home"),
        ("¿Cómo se llama mi gato?", "pet"),
        ("Als was arbeite ich?", "job"),
        ("Wogegen bin ich allergisch?", "allergy"),
    ],
)
def test_its_page_stands_first_and_its_fact_is_brought(memory: Memoryos, question: str, slot: str) -> None:
    found = memory.retrieve(question)

    assert found.pages[0].page.user_input == TOLD[slot]
    assert [each.knowledge.text for each in found.user_knowledge][:1] == [TOLD[slot]]
    assert found.bears


@pytest.mark.parametrize("question", ["Where did I live before?", "Wo wohnt meine Schwester?", "Where does Mila live?"])
def test_of_another_time_or_person_nothing_is_put_first(memory: Memoryos, question: str) -> None:
    assert TOLD["home"] not in [each.knowledge.text for each in memory.retrieve(question).user_knowledge]
