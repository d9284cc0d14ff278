"""Dates in queries: what is read as one, in which languages, and which moments it stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos import timestamps
from memoryos.language.dates import DateSpan, named_dates

UTC = timezone.utc
TOKYO, BERLIN, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")

ENGLISH = "January February March April May June July August September October November December".split()
MONTHS = {
    "English": ENGLISH,
    "short English": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(),
    "abbreviated English": "Jan. Feb. Mar. Apr. May Jun. Jul. Aug. Sept. Oct. Nov. Dec.".split(),
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "Indonesian": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
}
CHINESE_NUMBERS = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()


# What is read as a date


@pytest.mark.parametrize("language", MONTHS)
def test_every_month_of_a_language_is_read_with_its_day_and_year(language: str) -> None:
    read = [named_dates(f"... 5 {name} 2023 ...") for name in MONTHS[language]]

    assert read == [(DateSpan(2023, month, 5, 5),) for month in range(1, 13)]


@pytest.mark.parametrize("written", [str.lower, str.upper, str.title])
def test_months_are_read_in_small_and_in_capital_letters(written: Callable[[str], str]) -> None:
    assert [named_dates(f"5 {written(name)}") for name in ENGLISH] == [
        (DateSpan(None, month, 5, 5),) for month in range(1, 13)
    ]


@pytest.mark.parametrize("form", ["{}月", "{}月份", "在{} 月 份"])
def test_chinese_months_are_read_in_digits_and_in_characters(form: str) -> None:
    months = [(DateSpan(None, month),) for month in range(1, 13)]

    assert [named_dates(form.format(number)) for number in range(1, 13)] == months
    assert [named_dates(form.format(number)) for number in CHINESE_NUMBERS] == months


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 2023-05-07?", 7, 7),
        ("on 2023-5-7?", 7, 7),
        ("the 7th of May, 2023", 7, 7),
        ("7 May 2023", 7, 7),
        ("May 7, 2023", 7, 7),
        ("May 7th 2023", 7, 7),
        ("le 1er mai 2023", 1, 1),
        ("el 7 de mayo de 2023", 7, 7),
        ("el 7 de mayo del 2023", 7, 7),
        ("1º de maio de 2023", 1, 1),
        ("am 7. Mai 2023", 7, 7),
        ("tanggal 7 Mei 2023", 7, 7),
        ("May 7-9, 2023", 7, 9),
        ("from 7 to 9 May 2023", 7, 9),
        ("between the 7th and 9th of May 2023", 7, 9),
        ("du 7 au 9 mai 2023", 7, 9),
        ("vom 7. bis 9. Mai 2023", 7, 9),
        ("early May 2023", 1, 10),
        ("mid-May 2023", 10, 20),
        ("fin de mai 2023", 21, 31),
        ("2023年5月7日", 7, 7),
        ("2023年五月七日", 7, 7),
        ("2023年五月二十一号", 21, 21),
        ("2023年5月7号", 7, 7),
        ("2023年 5月 7日", 7, 7),
        ("2023년 5월 7일", 7, 7),
        ("2023年5月7日至9日", 7, 9),
        ("2023年5月7号到9号", 7, 9),
        ("2023年5月7-9日", 7, 9),
        ("2023年五月上旬", 1, 10),
        ("2023年五月初", 1, 10),
        ("2023年五月中旬", 10, 20),
        ("2023年五月中", 10, 20),
        ("2023年五月下旬", 20, 31),
        ("2023年五月底", 20, 31),
        ("2023年五月末", 20, 31),
        ("in May 2023", 1, 31),
        ("May, 2023", 1, 31),
        ("en mai 2023", 1, 31),
        ("en mayo de 2023", 1, 31),
        ("2023年5月", 1, 31),
        ("2023년 5월", 1, 31),
    ],
)
def test_days_of_a_month_of_a_year_are_read_however_they_are_written(text: str, first: int, last: int) -> None:
    assert named_dates(text) == (DateSpan(2023, 5, first, last),)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("the 7th of May", 7, 7),
        ("May 2nd", 2, 2),
        ("on May 3rd", 3, 3),
        ("le 7 mai", 7, 7),
        ("el 7 de mayo", 7, 7),
        ("5月7日", 7, 7),
        ("5월 7일", 7, 7),
        ("五月7号", 7, 7),
        ("5月7日~9日", 7, 9),
        *((f"{words} May", 1, 10) for words in ("early", "beginning of", "début", "début de", "Anfang", "awal")),
        *((f"{words} May", 10, 20) for words in ("mid", "middle of", "Mitte", "pertengahan")),
        *((f"{words} May", 21, 31) for words in ("late", "end of", "fin", "Ende", "akhir")),
        *((f"{word} May", 1, 31) for word in ("in", "during", "since", "of", "last", "by", "until")),
        *((f"{word} May", 1, 31) for word in ("en", "em", "au mois de", "im", "seit", "bulan", "pada", "nel")),
        ("5月", 1, 31),
        ("5월", 1, 31),
    ],
)
def test_days_of_a_month_without_a_year_are_those_of_any_year(text: str, first: int, last: int) -> None:
    assert named_dates(text) == (DateSpan(None, 5, first, last),)


@pytest.mark.parametrize("text", ["in 2023", "2023?", "2023年", "2023년에", "the winter of 2023"])
def test_a_year_alone_is_the_whole_of_it(text: str) -> None:
    assert named_dates(text) == (DateSpan(2023, None),)


@pytest.mark.parametrize(
    "text",
    [
        *("May I come in?", "you may", "I may have said so", "mars is a planet", "Mais oui, mai più", "sept jours"),
        *("We went on a march", "pictures of mars", "a may pole", "mi mayor", "I came in 3 to 5 minutes"),
        *("the marching band", "decembers", "Augustus and Julia", "enero", "a marzipan cake", "May", "mayor 2"),
        *("last week", "yesterday", "on Monday", "", "room 305", "20231", "1899", "call 1202305", "3 times"),
    ],
)
def test_words_and_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    assert named_dates(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("2023-13-01", "2023-00-07", "2023-05-32", "2023-05-00", "1899-12-31", "2201-01-01", "14 July 1789"),
        *(
            "May 0",
            "May 32",
            "0 May 2023",
            "32 May 2023",
            "2023年13月",
            "0月",
            "十三月",
            "二十月",
            "三五月",
            "十十月",
            "5月32日",
            "5月9号至7号",
        ),
    ],
)
def test_dates_that_no_calendar_has_are_refused(text: str) -> None:
    assert named_dates(text) == ()


@pytest.mark.parametrize("year", [1900, 2200])
def test_the_years_of_a_long_life_are_read(year: int) -> None:
    assert named_dates(f"{year}-01-01") == (DateSpan(year, 1, 1, 1),)


@pytest.mark.parametrize(("text", "spans"), [("5 APRİL", 0), ("5 aprıl 2023", 1), ("3 ſept 2020", 1), ("in JUNİ", 1)])
def test_letters_that_other_alphabets_have_beside_ours_are_no_trouble(text: str, spans: int) -> None:
    assert len(named_dates(text)) == spans


@pytest.mark.parametrize("text", ["May{}7{}2023", "7{}May{}2023", "May{}7 to{}9 2023", "2023年{}5月{}7日"])
def test_any_room_between_the_parts_of_a_date_is_read_in_no_time(text: str) -> None:
    """Searched from each space of a run, these took hours."""
    room = " \n\t" * 60_000

    assert named_dates(text.format(room, room)) == named_dates(text.format(" ", " ")) != ()


def test_several_dates_come_the_most_exact_first() -> None:
    assert named_dates("In 2021, in June, May 2022, 5 March, 2020-02-01 or 7月8日?") == (
        DateSpan(2020, 2, 1, 1),
        DateSpan(None, 3, 5, 5),
        DateSpan(2022, 5),
        DateSpan(None, 6),
        DateSpan(None, 7, 8, 8),
        DateSpan(2021, None),
    )


def test_dates_of_one_form_come_as_they_stand() -> None:
    assert named_dates("7 May 2023, 5 May 2023, 7 May 2023") == (
        DateSpan(2023, 5, 7, 7),
        DateSpan(2023, 5, 5, 5),
        DateSpan(2023, 5, 7, 7),
    )


FORMS: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.day} {ENGLISH[day.month - 1]} {day.year}",
    lambda day: f"{ENGLISH[day.month - 1]} {day.day}, {day.year}",
    lambda day: f"{day.day} de {MONTHS['Spanish'][day.month - 1]} de {day.year}",
    lambda day: f"{day.day}. {MONTHS['German'][day.month - 1]} {day.year}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}년 {day.month}월 {day.day}일",
)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(FORMS), st.sampled_from(["", " ", "? ", ", "]))
def test_a_written_day_is_that_day_and_nothing_else(day: date, form: Callable[[date], str], after: str) -> None:
    (span,) = named_dates(f"On {form(day)}{after}")

    assert span == DateSpan(day.year, day.month, day.day, day.day)
    assert span.in_year(day.year, UTC) == (
        datetime(day.year, day.month, day.day, tzinfo=UTC),
        datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC),
    )


pieces = st.one_of(
    st.sampled_from([name for names in MONTHS.values() for name in names]),
    st.sampled_from([*"年月日号份至到初中底末旬上下년월일 -~—.,#\n", " de ", "in ", "early ", "end of ", "th ", "er "]),
    st.sampled_from(CHINESE_NUMBERS),
    st.sampled_from(["APRİL", "aprıl", "ſept", "JUNİ"]),
    st.integers(0, 99_999).map(str),
    st.text(max_size=5),
)


@given(st.lists(pieces, max_size=12).map("".join), st.integers(-1, 10_001), st.sampled_from([UTC, TOKYO, NEW_YORK]))
def test_whatever_a_text_holds_its_dates_are_possible_ones(text: str, year: int, local: tzinfo) -> None:
    for span in named_dates(text):
        assert span.year is None or 1900 <= span.year <= 2200
        assert span.month is None or 1 <= span.month <= 12
        assert 1 <= span.first_day <= span.last_day
        bounds = span.in_year(span.year or year, local)
        assert bounds is None or bounds[0] < bounds[1]


# The moments of a date


@pytest.mark.parametrize(
    ("span", "local", "start", "end"),
    [
        (DateSpan(None, 3, 1, 1), UTC, "2026-03-01T00:00:00", "2026-03-01T23:59:59"),
        (DateSpan(None, 3, 1, 1), TOKYO, "2026-02-28T15:00:00", "2026-03-01T14:59:59"),
        (DateSpan(None, 3, 1, 1), NEW_YORK, "2026-03-01T05:00:00", "2026-03-02T04:59:59"),
        # The clocks go forward at 02:00 on this day: it has 23 hours.
        (DateSpan(None, 3, 29, 29), BERLIN, "2026-03-28T23:00:00", "2026-03-29T21:59:59"),
        (DateSpan(None, 1, 1, 1), TOKYO, "2025-12-31T15:00:00", "2026-01-01T14:59:59"),
        (DateSpan(None, 12, 21, 31), NEW_YORK, "2026-12-21T05:00:00", "2027-01-01T04:59:59"),
        (DateSpan(None, 4), UTC, "2026-04-01T00:00:00", "2026-04-30T23:59:59"),
        (DateSpan(None, 4, 20, 31), UTC, "2026-04-20T00:00:00", "2026-04-30T23:59:59"),
        (DateSpan(None, 2), UTC, "2026-02-01T00:00:00", "2026-02-28T23:59:59"),
        (DateSpan(2026, None), UTC, "2026-01-01T00:00:00", "2026-12-31T23:59:59"),
        (DateSpan(2026, None), BERLIN, "2025-12-31T23:00:00", "2026-12-31T22:59:59"),
    ],
)
def test_days_are_counted_in_the_zone_given(span: DateSpan, local: tzinfo, start: str, end: str) -> None:
    utc = timestamps.zone("UTC")

    assert span.in_year(2026, local) == (timestamps.parse(start, utc), timestamps.parse(end, utc))


def test_without_a_zone_days_are_those_of_the_machine() -> None:
    assert DateSpan(2026, 3, 1, 2).in_year(2026, None) == (
        timestamps.parse("2026-03-01 00:00:00", None),
        timestamps.parse("2026-03-02 23:59:59", None),
    )


@pytest.mark.parametrize(("year", "last"), [(2023, 28), (2024, 29), (1900, 28), (2000, 29)])
def test_february_ends_when_it_does_in_that_year(year: int, last: int) -> None:
    end = datetime(year, 2, last, 23, 59, 59, tzinfo=UTC)

    assert DateSpan(None, 2).in_year(year, UTC) == (datetime(year, 2, 1, tzinfo=UTC), end)
    assert DateSpan(None, 2, 21, 31).in_year(year, UTC) == (datetime(year, 2, 21, tzinfo=UTC), end)
    leap_day = (datetime(year, 2, 29, tzinfo=UTC), end) if last == 29 else None
    assert DateSpan(None, 2, 29, 29).in_year(year, UTC) == leap_day


@pytest.mark.parametrize("text", ["31 February 2024", "2024-02-30", "April 31st, 2024", "2024年6月31日"])
def test_days_that_their_month_does_not_have_are_no_moments(text: str) -> None:
    (span,) = named_dates(text)

    assert span.in_year(2024, UTC) is None


@pytest.mark.parametrize(
    ("span", "year", "local"),
    [
        (DateSpan(None, 1), 0, UTC),
        (DateSpan(None, 1), 10_000, UTC),
        (DateSpan(None, 1), 1, TOKYO),
        (DateSpan(None, 12), 9999, NEW_YORK),
    ],
)
def test_a_year_that_no_calendar_reaches_has_no_days(span: DateSpan, year: int, local: tzinfo) -> None:
    assert span.in_year(year, local) is None
