"""Questions, and answers that tell nothing, in several languages."""

from __future__ import annotations

import pytest

from memoryos.language.asking import asks, collects, corrects, tells_nothing

DOG = "What is my dog's name?"


@pytest.mark.parametrize(
    ("user_input", "agent_response"),
    [
        (DOG, ""),
        (DOG, "I don't know that yet."),
        (DOG, "I'm sorry, I have no information about your dog. Could you tell me its name?"),
        (DOG, "You haven't mentioned a dog so far. Let me know and I'll remember it!"),
        ("dog name", "No information found."),
        ("Hi! Where do I live?", "Based on our conversations, you haven't told me where you live."),
        ("Wie heißt mein Hund?", "Das weiß ich leider nicht."),
        ("Wo wohne ich?", "Dazu liegen mir keine Informationen vor. Kannst du mir sagen, wo du wohnst?"),
        ("我的狗叫什么名字？", "抱歉，我不知道你的狗叫什么名字。"),
        ("我住在哪里", "你还没告诉我你住在哪里。"),
        ("犬の名前は？", "すみません、わかりません。"),
        ("내 강아지 이름이 뭐야?", "죄송하지만 모르겠어요."),
        ("Comment s'appelle mon chien ?", "Je ne sais pas, tu ne me l'as jamais dit."),
        ("¿Dónde vivo?", "No lo sé. ¿Me lo puedes decir?"),
        ("Как зовут мою собаку?", "К сожалению, я не знаю."),
    ],
)
def test_a_question_with_an_empty_answer_tells_nothing(user_input: str, agent_response: str) -> None:
    assert tells_nothing(user_input, agent_response)


@pytest.mark.parametrize(
    ("user_input", "agent_response"),
    [
        (DOG, "Your dog is called Rex."),
        ("Am I vegan?", "Yes."),
        ("Am I vegan?", "No."),
        ("What am I allergic to?", "Nuts."),
        ("Where do I live?", "I don't know exactly, but you mentioned Berlin."),
        ("My dog is Rex.", "I don't know that breed."),
        ("My dog is Rex. What breed is he?", "I don't know."),
        ("My dog is Rex.", ""),
        ("Rex", ""),
        ("Wie heißt mein Hund?", "Dein Hund heißt Rex."),
        ("我的狗叫什么名字？", "你的狗叫旺财。"),
        (DOG, "I don't know. " * 100),
    ],
)
def test_what_holds_an_answer_or_a_statement_tells_something(user_input: str, agent_response: str) -> None:
    assert not tells_nothing(user_input, agent_response)


@pytest.mark.parametrize(
    ("text", "is_asking"),
    [
        ("Where do I live?", True),
        ("where do i live", True),
        ("Hi! Where do I live? Thanks.", True),
        ("ここはどこですか。", True),
        ("我住在哪里", True),
        ("I live here. Do you?", False),
        ("I live here.", False),
        ("Hi!", False),
        ("", False),
        ("Tom: where are you?", False),
        ("发给小王：你在哪里？", False),
    ],
)
def test_a_text_asks_where_it_holds_nothing_but_questions(text: str, is_asking: bool) -> None:
    assert asks(text) == is_asking


@pytest.mark.parametrize(
    ("text", "is_correction"),
    [
        ("No, I moved to Graz.", True),
        ("That's wrong, I live in Graz.", True),
        ("Nein, das stimmt nicht.", True),
        ("不对，我住在上海。", True),
        ("Nobody knows.", False),
        ("I know.", False),
        ("", False),
    ],
)
def test_a_correction_begins_by_saying_so(text: str, is_correction: bool) -> None:
    assert corrects(text) == is_correction


@pytest.mark.parametrize(
    "text",
    [
        "Which books have I read?",
        "What activities does Ana do with her children?",
        "How many times was I at the dentist",
        "all my trips",
        "List every allergy that I told you of.",
        "In what ways did my job change?",
        "Welche Filme habe ich gesehen?",
        "Wie oft war ich in Bern?",
        "Quels pays ai-je visités ?",
        "¿Qué libros he leído?",
        "¿Cuántas veces fui al médico?",
        "Quali libri ho letto?",
        "Quantos cursos eu fiz?",
        "Hoeveel keer was ik in Gent?",
        "Apa saja buku yang pernah kubaca?",
        "Ile razy byłem w Krakowie?",
        "Сколько раз я был в Москве?",
        "Hangi yemekleri sevmiyorum, neler?",
        "京都に何回行きましたか？",
        "제주도에 몇 번 갔어?",
        "我去过哪些城市？",
    ],
)
def test_a_question_collects_where_it_asks_for_all_that_there_is(text: str) -> None:
    assert collects(text)


@pytest.mark.parametrize(
    "text",
    [
        "Where does Ana live?",
        "What does she do?",
        "What is his name?",
        "What was the class about?",
        "I told you all about it. It was fun.",
        "Wo wohne ich?",
        "¿Dónde vivo?",
        "他住在哪里？",
        "どこに住んでいますか？",
        "내 이름이 뭐야?",
        "Где я живу?",
    ],
)
def test_a_question_for_one_thing_collects_nothing(text: str) -> None:
    assert not collects(text)
