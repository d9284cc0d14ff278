"""What a person keeps out of the memory, and what nobody wants in it: private passages and secrets.

The patterns follow two well-kept lists, the rules of gitleaks (https://github.com/gitleaks/gitleaks, MIT) and the
plugins of detect-secrets (https://github.com/Yelp/detect-secrets, Apache-2.0), with what documentation of the vendors
adds. They are our own, for `re` of Python 3.10: each reads a text in time linear in its length. Where a secret is not
told from ordinary words by its form, it is left: a password that is named in a sentence, a key of letters only.

A client's hook reads every message with this, and has 250 ms with the start of Python: nothing but `re` and `typing` is
imported, and a pattern is compiled when a text holds what it begins with.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Masked", "masked", "without_private"]


class Masked(NamedTuple):
    """A text without its secrets."""

    text: str
    count: int  # type: ignore[assignment]  # nobody counts the parts of this pair
    """How many were masked."""


def without_private(text: str) -> str:
    """The text without what stands between `<private>` and `</private>`, in capitals or not, and without these tags.

    One within another ends with it. One that is not closed goes to the end of the text. A closing tag alone stays.
    """
    kept = []
    depth = at = 0
    for tag in re.compile(r"<(/?)private\s*>", re.IGNORECASE).finditer(text):
        if not tag[1]:
            if not depth:
                kept.append(text[at : tag.start()])
            depth += 1
        elif depth:
            depth -= 1
            at = tag.end()
    if not depth:
        kept.append(text[at:])
    return "".join(kept)


def masked(text: str) -> Masked:
    """The text with `[masked: GitHub token]` and the like for each secret, and how many there were.

    Masked are keys of many vendors, JSON web tokens, blocks of private keys, the password in an address, credentials in
    a header, and what is assigned to a name such as `password` or `api_key`. A masked text has nothing more to mask.
    """
    count = 0
    for mask in (_mask_private_keys, _mask_tokens, _mask_addresses, _mask_headers, _mask_assigned):
        text, found = mask(text)
        count += found
    return Masked(text, count)


_Found = tuple[str, int]


class _Kind(NamedTuple):
    """Tokens of one vendor."""

    name: str
    holds: tuple[str, ...]
    """A text without any of these holds no such token: looking for them costs a hundredth of matching."""
    pattern: str
    """It ends in a class that is repeated without limit, or its parts are limited: a try costs no more than it takes
    away, or a constant."""


_APART = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""Before a token whose first letters may be within a word; a line's end may be written as JSON writes it."""

_ENDS = r"(?![A-Za-z0-9_-])"

_TOKENS: Final = (
    _Kind("Anthropic key", ("sk-ant-",), r"sk-ant-[\w-]{20,}"),
    _Kind("OpenRouter key", ("sk-or-",), r"sk-or-(?:v\d-)?[0-9a-f]{32,}"),
    _Kind(
        "OpenAI key",
        ("sk-proj-", "sk-svcacct-", "sk-admin-", "T3BlbkFJ"),
        r"sk-(?:(?:proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,})",
    ),
    _Kind("API key", ("sk-",), _APART + r"sk-(?:lf-[0-9a-f-]{36}|(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{20,})"),
    _Kind("GitHub token", ("gh", "github_pat_"), r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}"),
    _Kind(
        "GitLab token",
        ("gl", "GR1348941"),
        r"gl(?:pat|dt|ptt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct|wt)-[\w-]{20,}(?:\.[0-9a-z]{2,12}){0,2}"
        r"|GR1348941[\w-]{20,}",
    ),
    _Kind(
        "Slack token",
        ("xox", "xapp-"),
        r"xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}",
    ),
    _Kind(
        "Slack webhook",
        ("hooks.slack.com/",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{20,}",
    ),
    _Kind("Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{40,}"),
    _Kind(
        "AWS key",
        ("AKIA", "ASIA", "ABIA", "ACCA", "A3T"),
        r"(?:(?<![A-Za-z0-9+/])|(?<=\\[nrt]))(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9+/])",
    ),
    _Kind("AWS key", ("ABSK",), _APART + r"ABSK[A-Za-z0-9+/]{109,}={0,2}"),
    _Kind("Google key", ("AIza",), _APART + r"AIza[\w-]{35}" + _ENDS),
    _Kind("Google secret", ("GOCSPX-",), r"GOCSPX-[\w-]{20,}"),
    _Kind("Google token", ("ya29.",), _APART + r"ya29\.[\w-]{20,}"),
    _Kind("Stripe key", ("_live_", "_test_", "_prod_"), _APART + r"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}"),
    _Kind("webhook secret", ("whsec_",), r"whsec_[A-Za-z0-9+/]{24,}={0,2}"),
    _Kind("Hugging Face token", ("hf_", "api_org_"), _APART + r"(?:hf|api_org)_[A-Za-z0-9]{34,}"),
    _Kind("npm token", ("npm_",), _APART + r"npm_[A-Za-z0-9]{36,}"),
    _Kind("PyPI token", ("pypi-AgE",), r"pypi-AgE[\w-]{50,}"),
    _Kind("Telegram token", (":A",), r"(?<!\d)\d{5,16}:A[\w-]{34}" + _ENDS),
    _Kind("SendGrid key", ("SG.",), _APART + r"SG\.[\w-]{16,32}\.[\w-]{16,}"),
    _Kind("Twilio key", ("SK",), _APART + r"SK[0-9a-f]{32}" + _ENDS),
    _Kind("Mailgun key", ("key-",), _APART + r"key-[0-9a-f]{32}" + _ENDS),
    _Kind("Mailchimp key", ("-us",), _APART + r"[0-9a-f]{32}-us\d{1,2}" + _ENDS),
    _Kind("Brevo key", ("xkeysib-",), r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16,}"),
    _Kind("DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64,}"),
    _Kind("Databricks token", ("dapi",), _APART + r"dapi[0-9a-f]{32,}(?:-\d)?"),
    _Kind("Shopify token", ("shp",), r"shp(?:at|ca|pa|ss|ua)_[0-9A-Fa-f]{32,}"),
    _Kind("Square token", ("sq0",), r"sq0(?:atp|csp)-[\w-]{22,}"),
    _Kind("Notion token", ("ntn_", "secret_"), _APART + r"(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})" + _ENDS),
    _Kind("Linear key", ("lin_",), _APART + r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    _Kind("Atlassian token", ("ATATT3", "ATCTT3"), r"AT[AC]TT3[\w=-]{50,}"),
    _Kind("Heroku key", ("HRKU-",), r"HRKU-[\w-]{30,}"),
    _Kind("Groq key", ("gsk_",), _APART + r"gsk_[A-Za-z0-9]{40,}"),
    _Kind("xAI key", ("xai-",), _APART + r"xai-[A-Za-z0-9]{40,}"),
    _Kind("Perplexity key", ("pplx-",), r"pplx-[A-Za-z0-9]{32,}"),
    _Kind("Replicate token", ("r8_",), _APART + r"r8_[A-Za-z0-9]{37,}"),
    _Kind("Tavily key", ("tvly-",), r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,}"),
    _Kind("Vault token", ("hvs.", "hvb."), _APART + r"hv[sb]\.[\w-]{24,}"),
    _Kind("Terraform token", (".atlasv1.",), _APART + r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}"),
    _Kind(
        "Doppler token", ("dp.",), _APART + r"dp\.(?:pt|ct|sa|st|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}"
    ),
    _Kind("Pulumi token", ("pul-",), _APART + r"pul-[0-9a-f]{40,}"),
    _Kind(
        "Grafana token",
        ("glsa_", "glc_"),
        _APART + r"gl(?:sa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}|c_[A-Za-z0-9+/]{32,}={0,3})",
    ),
    _Kind("Sentry token", ("sntryu_", "sntrys_"), r"sntry(?:u_[0-9a-f]{64,}|s_eyJ[A-Za-z0-9+/=_]{40,})"),
    _Kind("New Relic key", ("NRAK-", "NRII-"), r"NR(?:AK|II)-[A-Za-z0-9-]{27,}"),
    _Kind("Postman key", ("PMAK-",), r"PMAK-[0-9a-f]{24}-[0-9a-f]{34,}"),
    _Kind("RubyGems key", ("rubygems_",), r"rubygems_[0-9a-f]{48,}"),
    _Kind("PlanetScale token", ("pscale_",), r"pscale_(?:tkn|oauth|pw)_[\w=.-]{32,}"),
    _Kind("Supabase key", ("sbp_", "sb_secret_"), _APART + r"(?:sbp_[0-9a-f]{40,}|sb_secret_[\w-]{20,})"),
    _Kind("Tailscale key", ("tskey-",), r"tskey-[a-z]{3,12}-[\w-]{16,}"),
    _Kind(
        "Fly token", ("fm1", "fm2_", "fo1_"), _APART + r"(?:(?:fm1[ar]_|fm2_)[A-Za-z0-9+/]{100,}={0,3}|fo1_[\w-]{43,})"
    ),
    _Kind("1Password token", ("ops_eyJ",), r"ops_eyJ[A-Za-z0-9+/_-]{100,}={0,3}"),
    _Kind("Azure secret", ("Q~",), r"(?:(?<![\w~.-])|(?<=\\[nrt]))[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])"),
    _Kind("age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    # Three parts, or the five of an encrypted one. A try begins where a part begins, and reads five at most.
    _Kind(
        "JSON web token",
        ("eyJ",),
        r"(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{10,}(?:\.eyJ[\w-]{8,}\.[\w-]*|\.[\w-]*\.[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})",
    ),
)


_SHORTEST_TOKEN: Final = 15
"""No token is shorter, and none has a blank: few texts of a talk have so long a word, and the others need no search."""

_BEGINNINGS: Final = tuple((part, kind) for kind in _TOKENS for part in kind.holds)


def _mask_tokens(text: str) -> _Found:
    words = text.split()
    if max(map(len, words), default=0) < _SHORTEST_TOKEN:
        return text, 0
    long = "\n".join(word for word in words if len(word) >= _SHORTEST_TOKEN)
    count = 0
    for kind in dict.fromkeys([kind for part, kind in _BEGINNINGS if part in long]):
        # `re` keeps what it compiled.
        text, found = re.compile(kind.pattern).subn(f"[masked: {kind.name}]", text)
        count += found
    return text, count


_KEY_EDGE = r"-{4,5} ?(BEGIN|END) (?:[A-Z0-9]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}"
_KEY_TEXT = r"[A-Za-z0-9+/=]{16}"
_KEY_LINES = r"(?:(?:[\s\"'+,]|\\[nr])*[A-Za-z0-9+/=]{16,})*"
"""Of a block without an end, these go with its head."""


def _mask_private_keys(text: str) -> _Found:
    if "PRIVATE KEY" not in text:
        return text, 0
    kept = []
    at = count = 0
    edges = list(re.compile(_KEY_EDGE).finditer(text))
    for number, edge in enumerate(edges):
        if edge[1] == "END":
            continue
        following = edges[number + 1] if number + 1 < len(edges) else None
        if following is not None and following[1] == "END":
            end, last = following.end(), following.start()
        else:
            lines = re.compile(_KEY_LINES).match(text, edge.end())
            end = last = edge.end() if lines is None else lines.end()
        if not re.compile(_KEY_TEXT).search(text, edge.end(), last):
            continue  # it is spoken of, or dots stand for the key
        kept += [text[at : edge.start()], "[masked: private key]"]
        at = end
        count += 1
    return "".join([*kept, text[at:]]), count


_ADDRESS = r"(://[^\s/:@?#\"'<>`]*:)([^\s/\"'<>`]+)(?=@[\w\[${])"
"""Neither part holds a slash, so that no try reads beyond the next address."""


def _mask_addresses(text: str) -> _Found:
    if "://" not in text or "@" not in text:
        return text, 0
    count = 0

    def mask(found: re.Match[str]) -> str:
        nonlocal count
        if _stands_for_another(found[2]):
            return found[0]
        count += 1
        return f"{found[1]}[masked: password]"

    return re.compile(_ADDRESS).sub(mask, text), count


_HEADER = (
    r"(?i)(authorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:bearer|basic|token|apikey)[ \t]{1,4}|\bbearer[ \t]{1,4})"
    r"([\w.~+/=-]{8,})"
)
_LOGIN = r"(\bcurl\b[^\n]{0,300}?[ \t](?:-u|--user)[ =]?[ \t]{0,4}[\"']?[^\s:\"'\\]{1,64}:)([^\s\"'\\]{1,256})"


def _mask_headers(text: str) -> _Found:
    lowered = text.lower()
    count = 0

    def mask(found: re.Match[str]) -> str:
        nonlocal count
        if _stands_for_another(found[2]) or not _is_drawn(found[2], 8):
            return found[0]
        count += 1
        return f"{found[1]}[masked: credentials]"

    def mask_login(found: re.Match[str]) -> str:
        nonlocal count
        if _stands_for_another(found[2]):
            return found[0]
        count += 1
        return f"{found[1]}[masked: password]"

    if "bearer" in lowered or "authorization" in lowered:
        text = re.compile(_HEADER).sub(mask, text)
    if "curl" in lowered:
        text = re.compile(_LOGIN).sub(mask_login, text)
    return text, count


_ROOTS: Final = (
    "pass", "pw", "key", "token", "secret", "authorization",
    "contrase", "mot", "senha", "пароль", "密", "パスワード", "비밀번호",
)  # fmt: skip

_NAME = r"""(?ix)
    (?: (?P<password> pass(?:word|wd|wort|phrase|code) | pwd | (?<![a-z])pw | (?<=[_-])pass
        | contrase[ñn]a | mot[_ ]de[_ ]passe | senha | пароль | 密码 | 密碼 | パスワード | 비밀번호 )
      | (?:api|access|secret|private|auth|account|encryption|signing|master|service|app|client|license|db) [_\ -]?key
      | token | authorization | secret
    )
    (?: [_-](?:prod(?:uction)?|dev|staging|live|test|value) | _?\d{1,2} )?
    (?: \\{0,3} ["'`*]{1,3} \]? )?
    (?P<sign> [ \t]{0,8}
        (?: (?: : [ ]? [a-z_][\w.]{0,30} (?: \[[\w, |]{0,40}\] )? (?: [ ]\|[ ][a-z]{1,10} )? )? [ ]? ={1,3} >?
          | [!:] = | : | ： | > (?= [^<\s]{1,200} </ ) )
        (?: \*\* )? [ \t]{0,8}
      | [ ] )
    (?P<quote> \\{0,3} ["'`] | [bruf@]{1,2} ["'`] )?
"""
"""A name, what sets it equal, and the mark that opens a value; what comes between may be a type."""

_BARE = (
    r"(?:(?!\[masked: |</|\\[nrt\"'])(?![,;&](?:\s|$|[\"']|[\w.-]{1,40} ?[=:]))[^\s\"'`])+"  # up to the next parameter
)
_ESCAPED = r"[^\"'`\\\n]+"
_QUOTED: Final = {mark: rf"(?:[^{mark}\\\n]|\\.)+" for mark in "\"'`"}

_STANDS_FOR_ANOTHER = r"""(?ix)
    [<\[{] | % [(s%] | \$ [{(] | \$ [a-z_]\w* $ | \$ [\d.,]+ $ | [*x.•…\#-]+ $
    | (?: your | insert | enter | replace | example | sample | dummy | fake ) (?: [_ -] | $ )
    | your (?: api | key | token | secret | password ) | change [_-]? (?: me | this | it ) | placeholder | redacted
    | \S{0,40} (?: x{5} | \*{3} | \.{3} | \$\{ | \{\{ )
"""

_NO_VALUE = r"""(?ix)
    (?: none | null | nil | undefined | undef | true | false | yes | no | not | on | off | self | this | env | any
      | todo | str | string | int | integer | number | bool | boolean | bytes | object | text | varchar | char | void
      | required | optional | hidden | default | empty | missing | invalid | wrong | expired | encrypted | hashed
      | plain (?:text)? | pass | passw (?:or)? d | passphrase | pwd | secret | token | credentials? | value | keys?
      | api_?key | auth | bearer | basic | oauth | input | prompt | forgot | reset | test
      | (?: u? int | [uif] | float | varchar | char | sha | md | base | utf | oauth | bcrypt | argon | v ) -? \d{1,4}
      | \d* \. \d+ | \d{4} - \d\d? - \d\d? | \d{1,2} [:/.-] \d{1,2} (?: [:/.-] \d{1,4} )?
    ) \Z
"""
_CODE = r"""(?x)
    [A-Za-z_] [\w.:>-]{0,100} [(\[] | [A-Za-z_]\w* (?: \.[A-Za-z_]\w* )+ $
    | [A-Za-z]+ (?: _[A-Za-z]+ )* _? \d? $ | [!&*] [A-Za-z_]
"""
_PLACE = r"""(?ix)
    .{0,20} :// | ~ | \.{1,2} / | / (?: etc|home|var|usr|run|tmp|opt|root|users|app|srv|mnt|dev ) /
    | [a-z] : [\\/] | \S{1,200} \. (?: pem|key|pub|crt|txt|json|ya?ml|toml|env|py|js|ts ) $
"""
_WORDS = r"[A-Za-z]{1,14}\d{0,2}(?:[_./:-](?:[A-Za-z]{1,14}\d{0,2}|v?\d{1,2}))*\Z"
_SWITCH = r"(?:^|[\s\"'`(])--[a-z-]*\Z"


def _mask_assigned(text: str) -> _Found:
    lowered = text.lower()
    if not any(root in lowered for root in _ROOTS):
        return text, 0
    kept = []
    at = read = count = 0
    for name in re.compile(_NAME).finditer(text):
        if name.start() < read or (name["sign"] == " " and not _is_switch(text, name.start())):
            continue
        value = _value_of(text, name)
        if value is None:
            continue
        start, end = value
        if name["quote"] is None:
            read = end
        if not _is_secret(name, text[start:end], text[end : end + 1]):
            continue
        kept += [text[at:start], "[masked: password]" if name["password"] else "[masked: secret]"]
        at = read = end
        count += 1
    return "".join([*kept, text[at:]]), count


def _is_switch(text: str, start: int) -> bool:
    """Whether a name is that of a command's option, with its value after a blank."""
    return re.compile(_SWITCH).search(text[max(0, start - 30) : start]) is not None


def _value_of(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    """Where a value begins and ends. A bare one ends before what closes a sentence or a bracket."""
    quote = name["quote"]
    if quote is None:
        pattern = _BARE
    elif "\\" in quote:
        pattern = _ESCAPED
    else:
        pattern = _QUOTED[quote[-1]]
    found = re.compile(pattern).match(text, name.end())
    if found is None:
        return None
    length = len(found[0].rstrip(".,;:*)]}>")) if quote is None else len(found[0])
    return found.start(), found.start() + length


def _is_secret(name: re.Match[str], value: str, follows: str) -> bool:
    """Whether what is assigned is a secret, and not a word about it, code that fetches it, or what stands for it."""
    if any(letter.isspace() for letter in value) or _stands_for_another(value):
        return False
    if re.compile(_NO_VALUE).match(value) or re.compile(_PLACE).match(value):
        return False
    tight = "=" in name["sign"] and not any(letter.isspace() for letter in name["sign"])
    quote = name["quote"]
    if quote is not None and "f" in quote.lower() and "{" in value:
        return False
    is_sure = quote is not None or (tight and name[0].isupper())
    if not is_sure and re.compile(_CODE).match(value) and not _is_lone(name, value, tight, follows):
        return False
    if not name["password"]:
        return _is_drawn(value, 8 if is_sure or tight else 10)
    if is_sure or tight:
        return len(value) >= 4
    return len(value) >= 6 and re.compile(r".*[\d!@#$%^&+=~|?]", re.DOTALL).match(value) is not None


def _is_lone(name: re.Match[str], value: str, tight: bool, follows: str) -> bool:
    """Whether what may be a variable's name is a password all the same: `hunter2`, or what stands in no call."""
    if not name["password"] or not value.isalnum():
        return False
    return value[-1].isdigit() if not tight else not follows or follows not in ",)"


def _stands_for_another(value: str) -> bool:
    return re.compile(_STANDS_FOR_ANOTHER).match(value) is not None


def _is_drawn(value: str, least: int) -> bool:
    """Whether a value looks drawn by chance: it has letters and digits, or capitals within, and is no row of words."""
    if len(value) < least or value.isdigit() or re.compile(_WORDS).match(value):
        return False
    has_letter = any(letter.isalpha() for letter in value)
    return has_letter and (any(letter.isdigit() for letter in value) or (len(value) >= 20 and not value.islower()))
