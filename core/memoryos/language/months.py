"""The names of the months, in small letters."""

from __future__ import annotations

from typing import Final

GERMAN: Final = tuple("januar februar märz april mai juni juli august september oktober november dezember".split())

MONTHS: Final = {
    name: number
    for names in (
        "january february march april may june july august september october november december".split(),
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
        GERMAN,
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
        "januari februari maret april mei juni juli agustus september oktober november desember".split(),
    )
    for number, name in enumerate(names, start=1)
} | {"sept": 9}
"""Each name with its number, 1-12."""
