"""Self-descriptions: which sentences count, in which language."""

from __future__ import annotations

import pytest

from memoryos.analyst.extractive.self_descriptions import Sentence, agent_sentences, user_sentences


def user_statements(text: str) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in user_sentences(text) if sentence.lasting)


def agent_statements(text: str) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in agent_sentences(text) if sentence.lasting)


@pytest.mark.parametrize(
    "sentence",
    [
        "My name is Caroline.",
        "I'm Tom, nice to meet you.",
        "I'm Tom, I work as a data scientist in San Francisco.",
        "I'm a counselor.",
        "I’m 34 years old.",
        "I'm allergic to peanuts.",
        "i live with my two cats.",
        "I used to work at a bank.",
        "I've been painting for seven years now.",
        "I love hiking in the mountains.",
        "I can't stand loud music.",
        "I don't eat meat.",
        "I have two dogs.",
        "I have asthma.",
        "I play the guitar.",
        "I speak Spanish.",
        "I just adopted a puppy!",
        "I got promoted at work!",
        "I want to become a nurse.",
        "I go running every morning.",
        "My son Leo plays the violin.",
        "My birthday is on May 3rd.",
        "My favorite color is teal.",
        "My train pass for the commute is 20,000 yen.",
        "I think so, my daughter loves horses too.",
        "I was thinking, since I'm a project manager, I should make a plan.",
        "je travaille comme électricien au texas",
        "J’habite à Lyon depuis 2019.",
        "mon fils est au collège",
        "j'ai deux chiens",
        "Trabajo como enfermera en Sevilla.",
        "Me gusta mucho la paella.",
        "Tengo dos hijos.",
        "Ich wohne in Berlin.",
        "Ich heiße Anna.",
        "Ich bin Lehrerin in München.",
        "Ich bin von Berlin nach München gezogen.",
        "Meine Schwester arbeitet in Wien.",
        "saya bekerja di sebuah toko buku.",
        "Saya tidak suka durian.",
        "我是一名电工，工作需要经常弯腰。",
        "我住在加拿大，最近才搬到这里。",
        "我有两只狗。",
        "我儿子8岁，女儿4岁。",
        "我对海鲜过敏。",
        "私は東京に住んでいます。",
        "猫を飼っています。",
        "もう東京には住んでいません。",
        "大阪に引っ越しました。",
        "誕生日は5月3日です。",
        "先月、結婚しました。",
        "趣味は写真です。",
    ],
)
def test_a_lasting_statement_about_oneself_is_taken_from_either_speaker(sentence: str) -> None:
    assert (user_statements(sentence), agent_statements(sentence)) == ((sentence,), (sentence,))


@pytest.mark.parametrize(
    "sentence",
    [
        "Do I have two dogs?",
        "I'm so happy for you!",
        "I'm glad to hear that.",
        "I'm a bit tired.",
        "I'm tired, really.",
        "I think it's great.",
        "I hope my son sleeps.",
        "I'd love to see it.",
        "I love that!",
        "I love your painting.",
        "I have a question.",
        "I have a meeting tomorrow.",
        "If I lived in Paris I would walk.",
        "Thanks, I love it.",
        "You live in Berlin.",
        "Your son is a doctor.",
        "I am.",
        "> I live in Berlin.",
        '"I live in Berlin," she said.',
        "j'aime ça",
        "je suis d'accord avec toi",
        "je pense qu'il est gentil",
        "Ich habe eine Frage.",
        "saya yakin itu pekerjaan yang berat.",
        "我觉得你说得对。",
        "我喜欢。",
        "我有一个问题想问。",
        "お元気ですか。",
        "I play it every now and then.",
        "I speak to her often.",
        "東京に住んでいませんか。",
        "I love " + "very " * 70 + "long walks.",
    ],
)
def test_a_reaction_a_question_or_a_supposition_is_no_statement(sentence: str) -> None:
    assert (user_statements(sentence), agent_statements(sentence)) == ((), ())


@pytest.mark.parametrize(
    "reply",
    [
        "As an AI, I live in the cloud and I have two dogs in my training data.",
        "I'd recommend the museum. I love modern art.",
        "I understand. I have two suggestions for you.",
        "Here is your letter:\n- I am a software engineer.\n- I have two children.",
        "```\nI am a teacher.\n```",
        "I am a software engineer in Berlin. " * 20,
        "我可以帮您。我是一名助理。",
    ],
)
def test_an_assistant_in_service_says_nothing_of_itself(reply: str) -> None:
    assert agent_statements(reply) == ()


def test_a_pasted_text_describes_somebody_else() -> None:
    assert user_statements("I am a software engineer in Berlin. " * 60) == ()
    assert user_statements("Fix this:\n```\nI am a teacher.\n```") == ()


@pytest.mark.parametrize(
    "wish",
    [
        "From now on please answer in French.",
        "Please always use metric units.",
        "Keep your answers short.",
        "Remember that I prefer trains.",
        "以后请用中文回答。",
    ],
)
def test_how_the_user_wants_to_be_answered_is_the_users_to_say(wish: str) -> None:
    assert user_statements(wish) == (wish,)
    assert "Keep your answers short." not in agent_statements("Keep your answers short.")


@pytest.mark.parametrize(
    "text",
    [
        "Do you remember my birthday?",
        "Do you know what my name is",
        "Tell me what my name is.",
        "Translate into French: My name is Anna.",
        "Translate into French:\nMy name is Anna.",
        "Could you fix this sentence: I have two dogs.",
        "Translate into French: My name is Anna. I live in Berlin.",
        "Translate this. My name is Anna.",
        "Please translate the following text into German.\nMy name is Anna.",
        "Can you fix this for me? I has two dogs.",
        "Correct the following sentence. I live in Berlin.",
        "Rewrite the paragraph below.\n\nI work as a nurse in Leeds.",
        "Yesterday he said:\nI live in Rome.",
        "Traduis ce texte en anglais. Je m'appelle Anna.",
        "Corrige la phrase suivante. J'habite à Berlin.",
        "Bitte übersetze das ins Englische. Ich heiße Anna.",
        "Korrigiere den folgenden Satz. Ich wohne in Berlin.",
        "Traduce esto. Me llamo Anna.",
        "Corrige la siguiente frase. Vivo en Berlín.",
        "Terjemahkan kalimat berikut. Nama saya Budi.",
        "请翻译以下句子。我叫王小明。",
        "帮我把下面的话翻译成英文。我住在北京。",
        "The file with my name is in the folder.",
        "He said my name is hard to spell.",
        "He said I live in Rome.",
        "He said:\nI live in Rome.",
        "John said: I have two dogs.",
        'My wife said, "I am a lawyer".',
        "Nobody thinks I am a doctor.",
        "It's not true that I am a doctor.",
        "If only I lived in Paris.",
        "Suppose that I have two dogs.",
        "Let's say I have two dogs.",
        "I dreamed that I have a dog.",
        "我叫了外卖吃火锅。",
        "他说我有两只狗。",
    ],
)
def test_what_others_say_or_nobody_claims_is_no_statement(text: str) -> None:
    assert (user_statements(text), agent_statements(text)) == ((), ())


@pytest.mark.parametrize("sentence", ["Nama saya Budi.", "Halo semua, nama saya Budi.", "Remember my name is Ann."])
def test_an_introduction_is_taken_from_the_user(sentence: str) -> None:
    assert user_statements(sentence) == (sentence,)


@pytest.mark.parametrize(
    "text",
    [
        "Fix this bug. {}",
        "Improve the soup with salt. {}",
        "Correct, that is so. {}",
        "Translate it if you like. {}",
        "这是我的翻译。{}",
    ],
)
def test_only_a_task_that_hands_over_a_text_silences_what_follows(text: str) -> None:
    own = "I have two dogs."
    assert user_statements(text.format(f"\n{own}")) == (own,)


def test_what_a_speaker_says_in_their_own_name_is_marked_where_it_lasts() -> None:
    text = "I live in Rome. I left Paris. He said I live in Oslo."
    assert user_sentences(text) == (Sentence("I live in Rome.", lasting=True), Sentence("I left Paris.", lasting=False))
