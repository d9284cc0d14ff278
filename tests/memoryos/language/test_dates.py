"""What a text says of time, against values worked out by hand: said at 14:00 on Thursday, 26 November 2026."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos.language.base import Holiday, Unit
from memoryos.language.dates import Offset, Order, Span, Width, Yearly, named_dates, order_asked
from memoryos.language.registry import LANGUAGES
from memoryos.language.tokens import MOST_WORDS, tokens

NOW = datetime(2026, 11, 26, 14, tzinfo=timezone.utc)

DATED = {
    "我们下周一起去吃饭吗": "2026-11-30..2026-12-06 WEEK 下周一起",
    "3月份的一次聚会": "2026-03-01..2026-03-31 MONTH 3月份",
    "What did I do yesterday?": "2026-11-25..2026-11-25 DAY yesterday",
    "the day before yesterday": "2026-11-24..2026-11-24 DAY the day before yesterday",
    "what did we discuss this morning": "2026-11-26T04:00..2026-11-26T11:59 PART this morning",
    "tonight": "2026-11-26T18:00..2026-11-27T05:59 PART tonight",
    "last night": "2026-11-25T18:00..2026-11-26T05:59 PART last night",
    "last Tuesday evening": "2026-11-24T17:00..2026-11-24 PART last Tuesday evening",
    "on the morning of March 5": "2026-03-05T04:00..2026-03-05T11:59 PART on the morning of March 5",
    "four weeks ago": "2026-10-26..2026-11-01 WEEK four weeks ago",
    "3 days ago": "2026-11-23..2026-11-23 DAY 3 days ago",
    "a couple of days ago": "2026-11-23..2026-11-24 WEEK a couple of days ago",
    "in spring": "2026-03-01..2026-05-31 SEASON in spring",
    "over Christmas": "2025-12-24..2025-12-26 WEEK over Christmas",
    "around New Year": "2025-12-31..2026-01-01 WEEK around New Year",
    "at Easter": "2026-04-03..2026-04-06 WEEK at Easter",
    "around this time last year": "2025-11-14..2025-12-08 MONTH around this time last year",
    "three months before the wedding": "-3 MONTH from the wedding",
    "two weeks before Christmas": "2025-12-07..2025-12-13 WEEK two weeks before Christmas",
    "the week after my trip to Rome": "+1 WEEK from my trip to Rome",
    "the week before last": "2026-11-09..2026-11-15 WEEK the week before last",
    "the Tuesday of last week": "2026-11-17..2026-11-17 DAY Tuesday of last week",
    "between March and May": "2026-03-01..2026-05-31 SEASON between March and May",
    "from Monday to Wednesday": "2026-11-23..2026-11-25 WEEKEND from Monday to Wednesday",
    "March 3-5": "2026-03-03..2026-03-05 WEEKEND March 3-5",
    "3-5 March 2025": "2025-03-03..2025-03-05 WEEKEND 3-5 March 2025",
    "28.02.2026": "2026-02-28..2026-02-28 DAY 28.02.2026",
    "28.02.": "2026-02-28..2026-02-28 DAY 28.02.",
    "02/24/2026": "2026-02-24..2026-02-24 DAY 02/24/2026",
    "02/03/2026": "2026-03-02..2026-03-02 DAY 02/03/2026",
    "2026/02/28": "2026-02-28..2026-02-28 DAY 2026/02/28",
    "20260228": "2026-02-28..2026-02-28 DAY 20260228",
    "28-Feb-2026": "2026-02-28..2026-02-28 DAY 28-Feb-2026",
    "2026-02-28T10:00:00Z": "2026-02-28..2026-02-28 DAY 2026-02-28T10:00:00Z",
    "2026-02": "2026-02-01..2026-02-28 MONTH 2026-02",
    "summer 2025": "2025-06-01..2025-08-31 SEASON summer 2025",
    "the beginning of March": "2026-03-01..2026-03-10 WEEK the beginning of March",
    "before March": "..2026-02-28 OPEN before March",
    "last weekend before April 10, 2023": "2023-04-08..2023-04-09 WEEKEND last weekend before April 10, 2023",
    "the Sunday before 25 May 2023": "2023-05-21..2023-05-21 DAY Sunday before 25 May 2023",
    "the Friday after 15 July 2023": "2023-07-21..2023-07-21 DAY Friday after 15 July 2023",
    "am letzten Freitag vor dem 3. Mai 2023": "2023-04-28..2023-04-28 DAY am letzten Freitag vor dem 3. Mai 2023",
    "after March 2026": "2026-04-01.. OPEN after March 2026",
    "since May": "2026-05-01.. OPEN since May",
    "end of last month": "2026-10-22..2026-10-31 WEEK end of last month",
    "March last year": "2025-03-01..2025-03-31 MONTH March last year",
    "in the past 7 days": "2026-11-19..2026-11-26T14:00 WEEK in the past 7 days",
    "in the last two weeks": "2026-11-12..2026-11-26T14:00 MONTH in the last two weeks",
    "last summer": "2026-06-01..2026-08-31 SEASON last summer",
    "last March": "2026-03-01..2026-03-31 MONTH last March",
    "next Friday": "2026-11-27..2026-11-27 DAY next Friday",
    "on the 5th": "2026-11-05..2026-11-05 DAY on the 5th",
    "first week of March": "2026-03-01..2026-03-07 WEEK first week of March",
    "earlier this week": "2026-11-23..2026-11-29 WEEK earlier this week",
    "at the weekend": "2026-11-21..2026-11-22 WEEKEND at the weekend",
    "what did i do on may 5": "2026-05-05..2026-05-05 DAY on may 5",
    "until yesterday": "..2026-11-25 OPEN until yesterday",
    "one year ago today": "2025-11-14..2025-12-08 MONTH one year ago today",
    "half a year ago": "2026-04-11..2026-07-10 SEASON half a year ago",
    "two years ago": "2024-06-29..2025-04-25 YEAR two years ago",
    "the 3rd of May 2024": "2024-05-03..2024-05-03 DAY the 3rd of May 2024",
    "May 3rd": "2026-05-03..2026-05-03 DAY May 3rd",
    "winter 2025": "2025-12-01..2026-02-28 SEASON winter 2025",
    "Dec 24": "2025-12-24..2025-12-24 DAY Dec 24",
    "Was habe ich gestern Abend gemacht?": "2026-11-25T17:00..2026-11-25 PART gestern Abend",
    "Was war vorgestern?": "2026-11-24..2026-11-24 DAY vorgestern",
    "heute Morgen": "2026-11-26T04:00..2026-11-26T11:59 PART heute Morgen",
    "letzten Dienstag": "2026-11-24..2026-11-24 DAY letzten Dienstag",
    "am Dienstag letzter Woche": "2026-11-17..2026-11-17 DAY am Dienstag letzter Woche",
    "vorletzte Woche": "2026-11-09..2026-11-15 WEEK vorletzte Woche",
    "vor drei Wochen": "2026-11-02..2026-11-08 WEEK vor drei Wochen",
    "vor ein paar Tagen": "2026-11-20..2026-11-24 WEEK vor ein paar Tagen",
    "im Frühling": "2026-03-01..2026-05-31 SEASON im Frühling",
    "letztes Jahr um diese Zeit": "2025-11-14..2025-12-08 MONTH letztes Jahr um diese Zeit",
    "über Weihnachten": "2025-12-24..2025-12-26 WEEK über Weihnachten",
    "im März letzten Jahres": "2025-03-01..2025-03-31 MONTH im März letzten Jahres",
    "am 3. März 2026": "2026-03-03..2026-03-03 DAY am 3. März 2026",
    "Anfang April": "2026-04-01..2026-04-10 WEEK Anfang April",
    "seit Mai": "2026-05-01.. OPEN seit Mai",
    "nach März 2026": "2026-04-01.. OPEN nach März 2026",
    "zwischen März und Mai": "2026-03-01..2026-05-31 SEASON zwischen März und Mai",
    "drei Monate vor der Hochzeit": "-3 MONTH from der Hochzeit",
    "in den letzten 7 Tagen": "2026-11-19..2026-11-26T14:00 WEEK in den letzten 7 Tagen",
    "letzten Sommer": "2026-06-01..2026-08-31 SEASON letzten Sommer",
    "Ende letzten Monats": "2026-10-22..2026-10-31 WEEK Ende letzten Monats",
    "Qu'ai-je fait hier soir ?": "2026-11-25T17:00..2026-11-25 PART hier soir",
    "avant-hier": "2026-11-24..2026-11-24 DAY avant-hier",
    "ce matin": "2026-11-26T04:00..2026-11-26T11:59 PART ce matin",
    "mardi dernier": "2026-11-24..2026-11-24 DAY mardi dernier",
    "la semaine dernière": "2026-11-16..2026-11-22 WEEK la semaine dernière",
    "il y a trois jours": "2026-11-23..2026-11-23 DAY il y a trois jours",
    "au printemps": "2026-03-01..2026-05-31 SEASON au printemps",
    "l'année dernière à la même époque": "2025-11-14..2025-12-08 MONTH l'année dernière à la même époque",
    "en mars 2026": "2026-03-01..2026-03-31 MONTH en mars 2026",
    "le 3 mars": "2026-03-03..2026-03-03 DAY le 3 mars",
    "début avril": "2026-04-01..2026-04-10 WEEK début avril",
    "depuis mai": "2026-05-01.. OPEN depuis mai",
    "trois mois avant le mariage": "-3 MONTH from mariage",
    "à Noël": "2025-12-24..2025-12-26 WEEK à Noël",
    "au cours des 7 derniers jours": "2026-11-19..2026-11-26T14:00 WEEK au cours des 7 derniers jours",
    "entre mars et mai": "2026-03-01..2026-05-31 SEASON entre mars et mai",
    "¿Qué hice anoche?": "2026-11-25T18:00..2026-11-26T05:59 PART anoche",
    "anteayer": "2026-11-24..2026-11-24 DAY anteayer",
    "esta mañana": "2026-11-26T04:00..2026-11-26T11:59 PART esta mañana",
    "el martes pasado": "2026-11-24..2026-11-24 DAY el martes pasado",
    "la semana pasada": "2026-11-16..2026-11-22 WEEK la semana pasada",
    "hace tres días": "2026-11-23..2026-11-23 DAY hace tres días",
    "en primavera": "2026-03-01..2026-05-31 SEASON en primavera",
    "por estas fechas el año pasado": "2025-11-14..2025-12-08 MONTH por estas fechas el año pasado",
    "el 3 de marzo de 2026": "2026-03-03..2026-03-03 DAY el 3 de marzo de 2026",
    "a principios de abril": "2026-04-01..2026-04-10 WEEK a principios de abril",
    "desde mayo": "2026-05-01.. OPEN desde mayo",
    "tres meses antes de la boda": "-3 MONTH from boda",
    "en Navidad": "2025-12-24..2025-12-26 WEEK en Navidad",
    "en los últimos 7 días": "2026-11-19..2026-11-26T14:00 WEEK en los últimos 7 días",
    "ayer por la tarde": "2026-11-25T12:00..2026-11-25T18:59 PART ayer por la tarde",
    "marzo del año pasado": "2025-03-01..2025-03-31 MONTH marzo del año pasado",
    "stamattina": "2026-11-26T04:00..2026-11-26T11:59 PART stamattina",
    "l'altro ieri": "2026-11-24..2026-11-24 DAY l'altro ieri",
    "martedì scorso": "2026-11-24..2026-11-24 DAY martedì scorso",
    "la settimana scorsa": "2026-11-16..2026-11-22 WEEK la settimana scorsa",
    "tre giorni fa": "2026-11-23..2026-11-23 DAY tre giorni fa",
    "in primavera": "2026-03-01..2026-05-31 SEASON in primavera",
    "l'anno scorso in questo periodo": "2025-11-14..2025-12-08 MONTH l'anno scorso in questo periodo",
    "il 3 marzo 2026": "2026-03-03..2026-03-03 DAY il 3 marzo 2026",
    "all'inizio di aprile": "2026-04-01..2026-04-10 WEEK all'inizio di aprile",
    "da maggio": "2026-05-01.. OPEN da maggio",
    "tre mesi prima del matrimonio": "-3 MONTH from matrimonio",
    "ieri sera": "2026-11-25T17:00..2026-11-25 PART ieri sera",
    "negli ultimi 7 giorni": "2026-11-19..2026-11-26T14:00 WEEK negli ultimi 7 giorni",
    "ontem à noite": "2026-11-25T18:00..2026-11-26T05:59 PART ontem à noite",
    "anteontem": "2026-11-24..2026-11-24 DAY anteontem",
    "esta manhã": "2026-11-26T04:00..2026-11-26T11:59 PART esta manhã",
    "terça-feira passada": "2026-11-24..2026-11-24 DAY terça-feira passada",
    "na semana passada": "2026-11-16..2026-11-22 WEEK na semana passada",
    "há três dias": "2026-11-23..2026-11-23 DAY há três dias",
    "na primavera": "2026-03-01..2026-05-31 SEASON na primavera",
    "nesta época do ano passado": "2025-11-14..2025-12-08 MONTH nesta época do ano passado",
    "em 3 de março de 2026": "2026-03-03..2026-03-03 DAY em 3 de março de 2026",
    "no início de abril": "2026-04-01..2026-04-10 WEEK no início de abril",
    "desde maio": "2026-05-01.. OPEN desde maio",
    "três meses antes do casamento": "-3 MONTH from casamento",
    "nos últimos 7 dias": "2026-11-19..2026-11-26T14:00 WEEK nos últimos 7 dias",
    "tadi pagi saya makan apa?": "2026-11-26T04:00..2026-11-26T11:59 PART tadi pagi",
    "kemarin": "2026-11-25..2026-11-25 DAY kemarin",
    "kemarin lusa": "2026-11-24..2026-11-24 DAY kemarin lusa",
    "minggu lalu": "2026-11-16..2026-11-22 WEEK minggu lalu",
    "Selasa lalu": "2026-11-24..2026-11-24 DAY Selasa lalu",
    "tiga hari yang lalu": "2026-11-23..2026-11-23 DAY tiga hari yang lalu",
    "bulan Maret 2026": "2026-03-01..2026-03-31 MONTH bulan Maret 2026",
    "3 Maret 2026": "2026-03-03..2026-03-03 DAY 3 Maret 2026",
    "awal April": "2026-04-01..2026-04-10 WEEK awal April",
    "sejak Mei": "2026-05-01.. OPEN sejak Mei",
    "sekitar waktu ini tahun lalu": "2025-11-14..2025-12-08 MONTH sekitar waktu ini tahun lalu",
    "dua minggu sebelum pernikahan": "-2 WEEK from pernikahan",
    "7 hari terakhir": "2026-11-19..2026-11-26T14:00 WEEK 7 hari terakhir",
    "gisteravond": "2026-11-25T17:00..2026-11-25 PART gisteravond",
    "eergisteren": "2026-11-24..2026-11-24 DAY eergisteren",
    "vanmorgen": "2026-11-26T04:00..2026-11-26T11:59 PART vanmorgen",
    "afgelopen dinsdag": "2026-11-24..2026-11-24 DAY afgelopen dinsdag",
    "vorige week": "2026-11-16..2026-11-22 WEEK vorige week",
    "drie dagen geleden": "2026-11-23..2026-11-23 DAY drie dagen geleden",
    "in het voorjaar": "2026-03-01..2026-05-31 SEASON in het voorjaar",
    "rond deze tijd vorig jaar": "2025-11-14..2025-12-08 MONTH rond deze tijd vorig jaar",
    "3 maart 2026": "2026-03-03..2026-03-03 DAY 3 maart 2026",
    "begin april": "2026-04-01..2026-04-10 WEEK begin april",
    "sinds mei": "2026-05-01.. OPEN sinds mei",
    "drie maanden voor de bruiloft": "-3 MONTH from bruiloft",
    "vorig jaar maart": "2025-03-01..2025-03-31 MONTH vorig jaar maart",
    "Что я делал вчера вечером?": "2026-11-25T17:00..2026-11-25 PART вчера вечером",
    "позавчера": "2026-11-24..2026-11-24 DAY позавчера",
    "сегодня утром": "2026-11-26T04:00..2026-11-26T11:59 PART сегодня утром",
    "в прошлый вторник": "2026-11-24..2026-11-24 DAY в прошлый вторник",
    "на прошлой неделе": "2026-11-16..2026-11-22 WEEK на прошлой неделе",
    "три дня назад": "2026-11-23..2026-11-23 DAY три дня назад",
    "неделю назад": "2026-11-16..2026-11-22 WEEK неделю назад",
    "весной": "2026-03-01..2026-05-31 SEASON весной",
    "в это же время в прошлом году": "2025-11-14..2025-12-08 MONTH в это же время в прошлом году",
    "3 марта 2026 года": "2026-03-03..2026-03-03 DAY 3 марта 2026",
    "24 февраля 2026": "2026-02-24..2026-02-24 DAY 24 февраля 2026",
    "в начале апреля": "2026-04-01..2026-04-10 WEEK в начале апреля",
    "с мая": "2026-05-01.. OPEN с мая",
    "за три месяца до свадьбы": "-3 MONTH from свадьбы",
    "за последние 7 дней": "2026-11-19..2026-11-26T14:00 WEEK за последние 7 дней",
    "во вторник на прошлой неделе": "2026-11-17..2026-11-17 DAY во вторник на прошлой неделе",
    "позапрошлая неделя": "2026-11-09..2026-11-15 WEEK позапрошлая неделя",
    "в марте прошлого года": "2025-03-01..2025-03-31 MONTH в марте прошлого года",
    "до марта": "..2026-02-28 OPEN до марта",
    "wczoraj wieczorem": "2026-11-25T17:00..2026-11-25 PART wczoraj wieczorem",
    "przedwczoraj": "2026-11-24..2026-11-24 DAY przedwczoraj",
    "dziś rano": "2026-11-26T04:00..2026-11-26T11:59 PART dziś rano",
    "w zeszły wtorek": "2026-11-24..2026-11-24 DAY w zeszły wtorek",
    "w zeszłym tygodniu": "2026-11-16..2026-11-22 WEEK w zeszłym tygodniu",
    "trzy dni temu": "2026-11-23..2026-11-23 DAY trzy dni temu",
    "tydzień temu": "2026-11-16..2026-11-22 WEEK tydzień temu",
    "wiosną": "2026-03-01..2026-05-31 SEASON wiosną",
    "o tej samej porze w zeszłym roku": "2025-11-14..2025-12-08 MONTH o tej samej porze w zeszłym roku",
    "3 marca 2026": "2026-03-03..2026-03-03 DAY 3 marca 2026",
    "na początku kwietnia": "2026-04-01..2026-04-10 WEEK na początku kwietnia",
    "od maja": "2026-05-01.. OPEN od maja",
    "trzy miesiące przed ślubem": "-3 MONTH from ślubem",
    "w marcu zeszłego roku": "2025-03-01..2025-03-31 MONTH w marcu zeszłego roku",
    "dün akşam ne yaptım?": "2026-11-25T17:00..2026-11-25 PART dün akşam",
    "evvelsi gün": "2026-11-24..2026-11-24 DAY evvelsi gün",
    "bu sabah": "2026-11-26T04:00..2026-11-26T11:59 PART bu sabah",
    "geçen salı": "2026-11-24..2026-11-24 DAY geçen salı",
    "geçen hafta": "2026-11-16..2026-11-22 WEEK geçen hafta",
    "üç gün önce": "2026-11-23..2026-11-23 DAY üç gün önce",
    "ilkbaharda": "2026-03-01..2026-05-31 SEASON ilkbaharda",
    "geçen yıl bu zamanlar": "2025-11-14..2025-12-08 MONTH geçen yıl bu zamanlar",
    "3 Mart 2026": "2026-03-03..2026-03-03 DAY 3 Mart 2026",
    "nisan başında": "2026-04-01..2026-04-10 WEEK nisan başında",
    "mayıstan beri": "2026-05-01.. OPEN mayıstan beri",
    "düğünden üç ay önce": "-3 MONTH from düğünden",
    "son 7 gün içinde": "2026-11-19..2026-11-26T14:00 WEEK son 7 gün içinde",
    "marttan önce": "..2026-02-28 OPEN marttan önce",
    "geçen yıl martta": "2025-03-01..2025-03-31 MONTH geçen yıl martta",
    "昨天晚上我做了什么？": "2026-11-25T17:00..2026-11-25 PART 昨天晚上",
    "前天": "2026-11-24..2026-11-24 DAY 前天",
    "今天早上": "2026-11-26T04:00..2026-11-26T11:59 PART 今天早上",
    "上周二": "2026-11-17..2026-11-17 DAY 上周二",
    "这周二": "2026-11-24..2026-11-24 DAY 这周二",
    "上上周": "2026-11-09..2026-11-15 WEEK 上上周",
    "三天前": "2026-11-23..2026-11-23 DAY 三天前",
    "几天前": "2026-11-20..2026-11-24 WEEK 几天前",
    "春天": "2026-03-01..2026-05-31 SEASON 春天",
    "去年这个时候": "2025-11-14..2025-12-08 MONTH 去年这个时候",
    "2026年3月3日": "2026-03-03..2026-03-03 DAY 2026年3月3日",
    "三月五日": "2026-03-05..2026-03-05 DAY 三月五日",
    "二〇二六年三月": "2026-03-01..2026-03-31 MONTH 二〇二六年三月",
    "四月初": "2026-04-01..2026-04-10 WEEK 四月初",
    "五月以来": "2026-05-01.. OPEN 五月以来",
    "婚礼前三个月": "-3 MONTH from 婚礼",
    "最近7天": "2026-11-19..2026-11-26T14:00 WEEK 最近7天",
    "去年三月": "2025-03-01..2025-03-31 MONTH 去年三月",
    "3月之后": "2026-04-01.. OPEN 3月之后",
    "从三月到五月": "2026-03-01..2026-05-31 SEASON 从三月到五月",
    "上个月5号": "2026-10-05..2026-10-05 DAY 上个月5号",
    "上个周末": "2026-11-21..2026-11-22 WEEKEND 上个周末",
    "昨日の夜": "2026-11-25T18:00..2026-11-26T05:59 PART 昨日の夜",
    "一昨日": "2026-11-24..2026-11-24 DAY 一昨日",
    "今朝": "2026-11-26T04:00..2026-11-26T11:59 PART 今朝",
    "先週の火曜日": "2026-11-17..2026-11-17 DAY 先週の火曜日",
    "この前の火曜日": "2026-11-24..2026-11-24 DAY この前の火曜日",
    "先々週": "2026-11-09..2026-11-15 WEEK 先々週",
    "三日前": "2026-11-23..2026-11-23 DAY 三日前",
    "数日前": "2026-11-20..2026-11-24 WEEK 数日前",
    "春に": "2026-03-01..2026-05-31 SEASON 春に",
    "去年の今頃": "2025-11-14..2025-12-08 MONTH 去年の今頃",
    "3月初め": "2026-03-01..2026-03-10 WEEK 3月初め",
    "5月から": "2026-05-01.. OPEN 5月から",
    "結婚式の3ヶ月前": "-3 MONTH from 結婚式の",
    "クリスマスに": "2025-12-24..2025-12-26 WEEK クリスマスに",
    "ここ7日間": "2026-11-19..2026-11-26T14:00 WEEK ここ7日間",
    "去年の3月": "2025-03-01..2025-03-31 MONTH 去年の3月",
    "3月から5月まで": "2026-03-01..2026-05-31 SEASON 3月から5月まで",
    "3月以降": "2026-04-01.. OPEN 3月以降",
    "先月5日": "2026-10-05..2026-10-05 DAY 先月5日",
    "어제 저녁에 뭐 했어?": "2026-11-25T17:00..2026-11-25 PART 어제 저녁에",
    "그저께": "2026-11-24..2026-11-24 DAY 그저께",
    "오늘 아침": "2026-11-26T04:00..2026-11-26T11:59 PART 오늘 아침",
    "지난주 화요일": "2026-11-17..2026-11-17 DAY 지난주 화요일",
    "지난 화요일": "2026-11-24..2026-11-24 DAY 지난 화요일",
    "지난주": "2026-11-16..2026-11-22 WEEK 지난주",
    "지지난주": "2026-11-09..2026-11-15 WEEK 지지난주",
    "3일 전": "2026-11-23..2026-11-23 DAY 3일 전",
    "봄에": "2026-03-01..2026-05-31 SEASON 봄에",
    "작년 이맘때": "2025-11-14..2025-12-08 MONTH 작년 이맘때",
    "2026년 3월 3일": "2026-03-03..2026-03-03 DAY 2026년 3월 3일",
    "4월 초에": "2026-04-01..2026-04-10 WEEK 4월 초에",
    "5월부터": "2026-05-01.. OPEN 5월부터",
    "결혼식 3개월 전": "-3 MONTH from 결혼식",
    "최근 7일 동안": "2026-11-19..2026-11-26T14:00 WEEK 최근 7일 동안",
    "작년 3월": "2025-03-01..2025-03-31 MONTH 작년 3월",
    "3월부터 5월까지": "2026-03-01..2026-05-31 SEASON 3월부터 5월까지",
    "두 달 전": "2026-09-11..2026-10-11 MONTH 두 달 전",
    "２０２６年３月３日": "2026-03-03..2026-03-03 DAY ２０２６年３月３日",
    "２０２６／０２／２８": "2026-02-28..2026-02-28 DAY ２０２６／０２／２８",
}
"""A text, and from which day (or moment) to which, how wide, and the words of the best reading of it."""

UNDATED = [
    "Sobre minha viagem ao Rio de Janeiro",
    "last minute plans",
    "pour mon anniversaire dans mon jardin",
    "set. it out.",
    "她在这个年龄做什么",
    "May I ask",
    "a march to victory",
    "second",
    "April said hi",
    "when did May call",
    "on the 5th floor",
    "when did I last go to Berlin",
    "how long since I went",
    "when I was 30",
    "may 5 people come",
    "every Monday",
    "December 31, 9999",
    "in year 99999",
    "2026-02-30",
    "Ich wohne hier",
    "Seit wann wohne ich hier?",
    "o Marco falou",
    "十万年前发生了什么？",
    "99月99日",
    "晚上周围",
    "每周一",
    "What do I like?",
    "May I have your number?",
    "We like the la la land movie",
    "the second option",
    "Where does April live?",
    "What did May say about June's party?",
    "Did August call?",
    "What is Summer's phone number?",
    "we march on",
    "Mars is a planet",
    "I do not know",
    "la casa de mi madre",
    "Do you remember my user id 20231 and port 8080?",
    "version 1.2.3",
    "192.168.10.12",
    "call 555-1234",
    "3/4 of the cake",
    "last name",
    "my last book",
    "first language",
    "fall asleep",
    "spring rolls recipe",
    "What is my sister's name?",
    "Wie heißt meine Schwester?",
    "Was mag ich nicht?",
    "ich bin am Ende",
    "Où habite ma sœur ?",
    "je suis en train de lire",
    "¿Dónde vive mi hermana?",
    "Le monde",
    "el sol y el mar",
    "set the table",
    "out of order",
    "Mar is my friend",
    "Dov'è la sera?",
    "我妹妹叫什么名字？",
    "我早就知道",
    "私の妹の名前は何ですか？",
    "내 여동생 이름이 뭐야?",
    "다음에 뭐 해?",
    "이 문제를 어떻게 해결해?",
    "일이 많아",
    "Как зовут мою сестру?",
    "Gdzie mieszka moja siostra?",
    "Kız kardeşimin adı ne?",
    "on bir",
    "Siapa nama adik saya?",
    "I love Sundays and the sun",
    "my mom has a fall dress",
    "Can we meet at noon",
    "the morning after pill",
    "happy new year",
    "the year of the cat",
    "a day in the life",
    "what is 10/10",
    "Marco Polo, Julio Iglesias, Juni, Mai Linh",
    "What are the ages of my kids: 3, 5 and 7?",
    "jeden Montag",
    "mi segunda opción",
    "what is the wifi password on floor 5",
    "10 km run",
    "two days",
    "a week",
]


def moment(at: datetime, *, end: bool) -> str:
    """A moment as the table writes it: a day where it is the beginning or the end of one."""
    if at.year in {1, 9999}:
        return ""
    return f"{at:%Y-%m-%d}" if f"{at:%H:%M:%S}" == ("23:59:59" if end else "00:00:00") else f"{at:%Y-%m-%dT%H:%M}"


def written(text: str, found: Span | Offset) -> str:
    """A time as the table writes it."""
    if isinstance(found, Offset):
        return f"{found.low:+g} {found.unit.name} from {text[found.event_begin : found.event_stop]}"
    days = f"{moment(found.start, end=False)}..{moment(found.end, end=True)}"
    return f"{days} {found.width.name} {text[found.begin : found.stop]}"


@pytest.mark.parametrize("text", DATED)
def test_the_best_reading_is_what_people_mean(text: str) -> None:
    assert written(text, named_dates(text, NOW, timezone.utc)[0]) == DATED[text]


@pytest.mark.parametrize("text", UNDATED)
def test_words_that_look_like_dates_are_none(text: str) -> None:
    assert named_dates(text, NOW, timezone.utc) == ()


def test_a_phrase_gives_its_whole_span() -> None:
    assert named_dates("What did I do yesterday?", NOW, timezone.utc) == (
        Span(
            datetime(2026, 11, 25, tzinfo=timezone.utc),
            datetime(2026, 11, 25, 23, 59, 59, tzinfo=timezone.utc),
            Width.DAY,
            1.0,
            14,
            23,
        ),
    )


def test_days_are_those_of_the_place() -> None:
    (span,) = named_dates("yesterday", datetime(2026, 11, 26, 22, tzinfo=timezone.utc), ZoneInfo("Asia/Tokyo"))
    assert isinstance(span, Span)
    assert (span.start.isoformat(), span.end.isoformat()) == ("2026-11-25T15:00:00+00:00", "2026-11-26T14:59:59+00:00")


def test_summer_is_in_january_in_the_south() -> None:
    (span, *_) = named_dates("last summer", NOW, ZoneInfo("Australia/Sydney"))
    assert isinstance(span, Span)
    assert (span.start.month, span.end.month) == (11, 2)


@pytest.mark.parametrize(
    ("day_first", "days"), [(None, ["2026-03-02", "2026-02-03"]), (True, ["2026-03-02"]), (False, ["2026-02-03"])]
)
def test_an_open_order_of_day_and_month_is_read_in_both_ways(day_first: bool | None, days: list[str]) -> None:
    spans = named_dates("on 02/03/2026", NOW, timezone.utc, day_first)
    assert [f"{span.start:%Y-%m-%d}" for span in spans if isinstance(span, Span)] == days


def test_last_tuesday_may_be_that_of_last_week() -> None:
    spans = named_dates("last Tuesday", NOW, timezone.utc)
    assert [(f"{span.start:%d}", span.confidence) for span in spans if isinstance(span, Span)] == [
        ("24", 0.9),
        ("17", 0.4),
    ]


def test_days_without_a_year_are_those_of_any_year() -> None:
    spans = named_dates("in March", NOW, timezone.utc) + named_dates("at Easter", NOW, timezone.utc)
    assert [span.yearly for span in spans if isinstance(span, Span)] == [
        Yearly(3, 1, 3, 31),
        Yearly(holiday=Holiday.EASTER),
    ]
    assert Yearly(3, 1, 3, 31).in_year(2023, timezone.utc) == (
        datetime(2023, 3, 1, tzinfo=timezone.utc),
        datetime(2023, 3, 31, 23, 59, 59, tzinfo=timezone.utc),
    )
    assert Yearly(2, 29, 2, 29).in_year(2023, timezone.utc) is None


def test_an_age_counts_from_the_birthday() -> None:
    assert named_dates("when I was 30", NOW, timezone.utc) == ()
    (span,) = named_dates("when I was 30", NOW, timezone.utc, birthday=date(1990, 5, 17))
    assert written("when I was 30", span) == "2020-05-17..2021-05-16 YEAR when I was 30"


def test_a_time_before_an_event_is_anchored_to_it() -> None:
    (offset,) = named_dates("three months before the wedding", NOW, timezone.utc)
    assert offset == Offset(-3, -3, Unit.MONTH, 0, 19, 20, 31)
    wedding = datetime(2026, 6, 20, 15, tzinfo=timezone.utc)
    span = offset.anchored(wedding, wedding, timezone.utc)
    assert span is not None
    assert (f"{span.start:%Y-%m-%d}", f"{span.end:%Y-%m-%d}", span.width) == ("2026-03-05", "2026-04-04", Width.MONTH)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("When did I first go to Berlin?", Order.FIRST),
        ("When did I last go to Berlin?", Order.LATEST),
        ("the latest news", Order.LATEST),
        ("How long since I went?", Order.HOW_LONG_SINCE),
        ("What did I do last week?", None),
        ("What is my last name?", None),
        ("Wann war ich zuletzt dort?", Order.LATEST),
        ("第一次去北京是什么时候", Order.FIRST),
        ("В последний раз", Order.LATEST),
        ("最後に会ったのは", Order.LATEST),
        ("What do I like?", None),
    ],
)
def test_the_order_asked_for(text: str, order: Order | None) -> None:
    assert order_asked(text) is order


_WORDS = st.sampled_from(
    sorted(
        {
            word
            for language in LANGUAGES
            for templates in language.phrases.values()
            for template in templates
            for element in template.split()
            for word in element.rstrip("?").split("|")
            if "{" not in word
        }
        | {
            form
            for language in LANGUAGES
            for entry in (*language.months, *language.weekdays)
            for form in entry.split("|")
        }
        | {form for language in LANGUAGES for entry in language.units.values() for form in entry.split("|")}
        | set("0 3 31 99 2026 9999 99999 02/03/2026 28.02. 2026-02-30 20260228 十万 , . - I".split())
    )
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80), st.lists(_WORDS, max_size=12).map(" ".join), st.lists(_WORDS, max_size=12).map("".join)
    ),
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001 - made aware below
)
def test_any_text_at_any_time_gives_spans_in_order_and_never_fails(text: str, now: datetime) -> None:
    for found in named_dates(text, now.replace(tzinfo=timezone.utc), timezone.utc, birthday=date(1990, 5, 17)):
        assert 0 <= found.begin < found.stop <= len(text)
        if isinstance(found, Span):
            assert found.start <= found.end
            assert 0 < found.confidence <= 1
    order_asked(text)


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    text = "yesterday " + "word " * 40_000 + "last week"
    found = named_dates(text, NOW, timezone.utc)
    assert [text[each.begin : each.stop] for each in found] == ["yesterday", "last week"]
    assert len(tokens(text)) == MOST_WORDS + 1
