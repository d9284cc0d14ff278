"""What is kept out of a memory when nobody chose to put it there: parts marked as private, and secrets.

The kinds of secrets and their shapes are those of the rules of gitleaks (config/gitleaks.toml, version 8) and of the
plugins of detect-secrets (1.5), without what those tell by entropy alone: a hash, a UUID or an image in base64 is no
secret. As in gitleaks, a rule is tried only on a text that has one of its keywords.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its secrets, and how many of them there were."""

    text: str
    count: int


def without_private(text: str) -> str:
    """The text without what stands between `<private>` and `</private>`, the tags included.

    A tag that is not closed holds for all that follows. Tags can be nested, and their case does not matter; a closing
    tag that closes nothing stays.
    """
    kept: list[str] = []
    depth = end = 0
    for tag in _private_tag().finditer(text) if "private" in text.lower() else ():
        if not tag[1]:
            if depth == 0:
                kept.append(text[end : tag.start()])
            depth += 1
        elif depth:
            depth -= 1
            end = tag.end()
    return "".join((*kept, "" if depth else text[end:]))


def masked(text: str) -> Masked:
    """The text with what is in place of each secret, such as `[masked: GitHub token]`.

    It takes time in proportion to the text's length: each pattern begins with a literal or where a word begins, and
    none looks further than a bounded number of characters from there, except along a run that it then steps over.
    """
    count = 0
    lower = text.lower()
    long_word = max(map(len, text.split()), default=0) >= _SHORTEST_KEY
    for rule in _RULES if long_word else _OTHER_RULES:
        if any(keyword in lower for keyword in rule.keywords):
            text, replaced = _replaced(rule.name, text, _found(rule, text))
            count += replaced
    for name, words, found in (("password", _PASSWORD_WORDS, _passwords), ("secret", _KEY_WORDS, _keys)):
        if any(word in lower for word in words):
            text, replaced = _replaced(name, text, found(text))
            count += replaced
    return Masked(text, count)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A kind of secret. Of a match, the group `secret` is one, or all where there is no such group.

    A text without all of the keywords (in small letters) has no match. `holds` says whether a match is meant as a
    secret.
    """

    name: str
    keywords: tuple[str, ...]
    pattern: str
    holds: Callable[[str], bool] | None = None


def _found(rule: _Rule, text: str) -> Iterator[tuple[int, int]]:
    """Where a text has secrets of this kind."""
    pattern = _compiled(rule.pattern)
    group = "secret" if "secret" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        if rule.holds is None or rule.holds(match["secret"]):
            yield match.span(group)


def _replaced(name: str, text: str, places: Iterable[tuple[int, int]]) -> tuple[str, int]:
    parts: list[str] = []
    end = 0
    for start, stop in places:
        parts += (text[end:start], f"[masked: {name}]")
        end = stop
    return ("".join((*parts, text[end:])), len(parts) // 2) if parts else (text, 0)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled once, when a text first has a keyword: all at once they would cost each start some 20 ms."""
    return re.compile(pattern)


def _private_tag() -> re.Pattern[str]:
    return _compiled(r"(?i)<(/?)\s{0,4}private(?:\s[^<>]{0,200})?>")


# Where a word begins and ends: what has a secret's shape within a longer run of such characters is none.
_B: Final = r"(?<![A-Za-z0-9_-])"
_E: Final = r"(?![A-Za-z0-9_-])"


def _vendor(name: str, pattern: str, *keywords: str) -> _Rule:
    return _Rule(name, keywords, f"{_B}{pattern}{_E}")


_KEY_BLOCK: Final = _Rule(
    "private key",
    ("private key",),
    # To its end; without one, the lines that look like a key's.
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]*(?:-(?!----)[^-]*)*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"|(?:(?:\s|\\n){0,4}[A-Za-z0-9+/=]{16,})*)",
)

_GITLAB: Final = tuple(f"gl{kind}-" for kind in "pat dt rt ptt cbt ft soat imt agent oas".split())

_VENDORS: Final = (
    _vendor("Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,200}", "sk-ant-"),
    _vendor("OpenRouter key", r"sk-or-v1-[0-9a-f]{40,80}", "sk-or-"),
    _vendor("Langfuse key", r"sk-lf-[0-9a-f-]{30,40}", "sk-lf-"),
    _vendor("OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,240}", "sk-"),
    _vendor("API key", r"sk-[A-Za-z0-9]{20,100}", "sk-"),
    _vendor(
        "AWS access key", r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", "akia", "asia", "abia", "acca", "a3t"
    ),
    _vendor("AWS Bedrock key", r"ABSK[A-Za-z0-9+/]{109,269}={0,2}", "absk"),
    _vendor("Google API key", r"AIza[A-Za-z0-9_-]{35}", "aiza"),
    _vendor("Google OAuth secret", r"GOCSPX-[A-Za-z0-9_-]{28}", "gocspx-"),
    _vendor("Google OAuth token", r"ya29\.[A-Za-z0-9_-]{30,400}", "ya29."),
    _vendor("GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    _vendor("GitHub token", r"github_pat_[A-Za-z0-9_]{36,255}", "github_pat_"),
    _vendor("GitLab token", r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|imt|agent|oas)-[A-Za-z0-9_.-]{20,300}", *_GITLAB),
    _vendor("Slack token", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{15,200}", "xox"),
    _vendor("Slack token", r"xapp-\d-[A-Za-z0-9-]{15,200}", "xapp-"),
    _Rule(
        "Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/]{30,100})",
    ),
    _Rule(
        "Discord webhook",
        ("/api/webhooks/",),
        r"discord(?:app)?\.com/api/webhooks/\d{15,22}/(?P<secret>[A-Za-z0-9_-]{60,80})",
    ),
    _Rule(
        "Teams webhook",
        ("webhook.office.com",),
        r"webhook\.office\.com/webhookb2/(?P<secret>[A-Za-z0-9@/-]{60,300})",
    ),
    _vendor("Stripe key", r"(?:sk|rk|whsec)_(?:(?:test|live|prod)_)?[A-Za-z0-9]{24,120}", "sk_", "rk_", "whsec_"),
    _vendor("SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "sg."),
    _vendor("Twilio key", r"SK[0-9a-f]{32}", "sk"),
    _vendor("Mailgun key", r"(?:key|pubkey)-[0-9a-f]{32}", "key-"),
    _vendor("Mailchimp key", r"[0-9a-f]{32}-us\d{1,2}", "-us"),
    _vendor("npm token", r"npm_[A-Za-z0-9]{36}", "npm_"),
    _vendor("PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,1000}", "pypi-age"),
    _vendor("RubyGems key", r"rubygems_[0-9a-f]{48}", "rubygems_"),
    _vendor("Docker token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,40}", "dckr_"),
    _vendor("Hugging Face token", r"(?:hf_|api_org_)[A-Za-z0-9]{34}", "hf_", "api_org_"),
    _vendor("Groq key", r"gsk_[A-Za-z0-9]{40,60}", "gsk_"),
    _vendor("xAI key", r"xai-[A-Za-z0-9]{70,90}", "xai-"),
    _vendor("Perplexity key", r"pplx-[A-Za-z0-9]{40,60}", "pplx-"),
    _vendor("Replicate token", r"r8_[A-Za-z0-9]{37}", "r8_"),
    _vendor("NVIDIA key", r"nvapi-[A-Za-z0-9_-]{60,70}", "nvapi-"),
    _vendor("Tavily key", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,40}", "tvly-"),
    _vendor("Pinecone key", r"pcsk_[A-Za-z0-9_]{50,80}", "pcsk_"),
    _vendor("LangSmith key", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", "lsv2_"),
    _vendor("Databricks token", r"dapi[0-9a-f]{32}(?:-\d)?", "dapi"),
    _vendor("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}", "_v1_"),
    _vendor("Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "shp"),
    _vendor("Square token", r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}", "sq0"),
    _vendor("PayPal token", r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}", "access_token$"),
    _vendor("Facebook token", r"EAA[A-Z][A-Za-z0-9]{100,300}", "eaa"),
    _vendor("Atlassian token", r"AT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{24,250}", "atatt3", "atctt3", "atbb"),
    _vendor("Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}", "lin_"),
    _vendor("Notion token", r"ntn_[A-Za-z0-9]{40,50}", "ntn_"),
    _vendor("Figma token", r"fig[duor]_[A-Za-z0-9_-]{40,60}", "figd_", "figu_", "figo_", "figr_"),
    _vendor("Postman key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "pmak-"),
    _vendor(
        "Grafana token", r"(?:glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})", "glsa_", "glc_"
    ),
    _vendor("Sentry token", r"sntry[su]_[A-Za-z0-9+/=_-]{60,400}", "sntry"),
    _vendor("New Relic key", r"NR(?:AK|JS|II|RA)-[A-Za-z0-9]{19,40}", "nrak-", "nrjs-", "nrii-", "nrra-"),
    _vendor("Dynatrace token", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}", "dt0"),
    _vendor("Supabase key", r"(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60})", "sbp_", "sb_secret_"),
    _vendor("Netlify token", r"nfp_[A-Za-z0-9]{36,40}", "nfp_"),
    _vendor("Heroku key", r"HRKU-[A-Za-z0-9_-]{36,70}", "hrku-"),
    _vendor("Fly.io token", r"(?:fo1_[A-Za-z0-9_-]{43}|fm[12][a-z]?_[A-Za-z0-9+/=_-]{100,800})", "fo1_", "fm1", "fm2"),
    _vendor("PlanetScale token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}", "pscale_"),
    _vendor("Pulumi token", r"pul-[0-9a-f]{40}", "pul-"),
    _vendor("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}", ".atlasv1."),
    _vendor("Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{24,300}", "hvs.", "hvb.", "hvr."),
    _vendor("Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,80}", "dp."),
    _vendor("1Password token", r"ops_eyJ[A-Za-z0-9+/]{200,2000}={0,3}", "ops_eyj"),
    _vendor("age key", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "age-secret-key"),
    _vendor("Artifactory key", r"(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})", "akcp", "cmvmd"),
    _vendor("Azure secret", r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", "q~"),
    _Rule("Azure storage key", ("accountkey=",), r"(?i)AccountKey=(?P<secret>[A-Za-z0-9+/]{40,100}={0,2})"),
    _Rule(
        "Azure access key",
        ("sharedaccesskey=", "sharedaccesssignature", "sig="),
        r"(?i)(?:SharedAccessKey=|[?&;]sig=)(?P<secret>[A-Za-z0-9+/%]{30,100}={0,2})",
    ),
    _vendor("Alibaba key", r"LTAI[A-Za-z0-9]{16,24}", "ltai"),
    _vendor("Tencent key", r"AKID[A-Za-z0-9]{32}", "akid"),
    _vendor("OpenShift token", r"sha256~[A-Za-z0-9_-]{43}", "sha256~"),
    _vendor("Discord token", r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}", "discord", "bot"),
    # An address of its interface has "bot" before the token.
    _Rule("Telegram token", (":a",), rf"(?<![0-9])\d{{8,10}}:AA[A-Za-z0-9_-]{{33}}{_E}"),
    _vendor("JWT", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?(?:={0,2})", "eyj"),
)

_PLACEHOLDER: Final = (
    r"(?i)[<{\[]|\$(?:[a-z_]+$|[{(]|\d+$)|%(?:[a-z_]+%|[sdrv(])"
    r"|(?:your|example|sample|dummy|placeholder|redacted|required)(?![a-z])|x{3}|\*{3}|\.{3}"
)
_NO_VALUES: Final = frozenset(
    "string str text password passwd passphrase pass pwd pw secret token hidden true false null none nil undefined "
    "required optional invalid missing unknown empty plain varchar boolean number integer int bytes object any "
    "default username user input field label bearer basic pswd passwort credentials".split()
)
"""What a name of a password is given in code and in descriptions of forms."""


def _is_value(value: str) -> bool:
    """Whether it can be a secret: no placeholder, no name of a type."""
    return _compiled(_PLACEHOLDER).match(value) is None and value.lower().strip("!?.:") not in _NO_VALUES


def _is_key(value: str) -> bool:
    """Whether it has both letters and digits, as what is generated has."""
    return any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value) and _is_value(value)


def _is_no_name(value: str) -> bool:
    """Whether it has more than the name of a variable has, and is no small number."""
    telling = any(sign.isdigit() or sign in "!@#%^&*+~?/=" for sign in value)
    return telling and _is_value(value) and not (value.isdecimal() and len(value) < 6)


_GIVEN: Final = (
    _Rule("password", ("://",), r"://[^\s:/@?#\"'<>]{0,100}:(?P<secret>[^\s@/\"'<>]{1,200})(?=@[\w\[$-])", _is_value),
    _Rule(
        "credentials",
        ("authorization",),
        r"(?i)authorization[\"'`]?\s{0,4}(?:=>|[:=])\s{0,4}[\"'`]?(?:bearer|basic|token|digest|apikey)\s{1,4}"
        r"(?P<secret>[A-Za-z0-9._~+/-]{8,4000}={0,2})",
        _is_value,
    ),
    _Rule("token", ("bearer",), r"(?i)\bbearer\s{1,4}(?P<secret>[A-Za-z0-9._~+/-]{20,4000}={0,2})", _is_key),
    _Rule(
        "password",
        ("curl",),
        r"\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]{0,2}[\"']?[^\s:\"'/]{1,60}:(?P<secret>[^\s\"']{3,100})",
        _is_value,
    ),
)

_RULES: Final = (_KEY_BLOCK, *_VENDORS, *_GIVEN)
"""From the most telling to the least: what is masked is not looked at again."""

_OTHER_RULES: Final = (_KEY_BLOCK, *_GIVEN)
_SHORTEST_KEY: Final = 20
"""A vendor's secret has so many characters without a blank: few texts of a talk do, and the others need no search."""

_PASSWORD: Final = (
    "password|passwd|passphrase|passwort|kennwort|wachtwoord|lösenord|contraseña|contrasena|senha|parola|hasło"
    "|пароль|密码|密碼|パスワード|비밀번호|mot de passe|pwd|pass"
)
_KEY: Final = "key|secret|token|credentials?"
_PASSWORD_WORDS: Final = (
    "pass pwd kennwort wachtwoord lösenord contrase senha parola hasło пароль 密码 密碼 パスワード 비밀번호".split()
)
_KEY_WORDS: Final = ("key", "secret", "token", "credential")
"""A text without any of these has none of the names: looking for them costs a tenth of looking for the names."""

_KINDS_OF_KEY: Final = tuple(
    "api access auth secret private encryption signing service account master admin license".split()
)
"""Of what a key is that is a secret; that of a table or a keyboard is none."""

# Between a name and its value there can be the name of a type.
_SIGN: Final = r"[\"'`]?\s{0,4}(?::\s{0,3}[A-Za-z_.]{2,20}\s{0,3}=|:=|=>|={1,3}|>|:|：|＝)\s{0,4}"
_IS: Final = r"\s{1,4}(?:is|ist|est|es|è|é)(?:\s{0,3}:)?\s{1,4}|是"
_QUOTED: Final = r"(?P<quote>[\"'`])(?P<secret>(?:(?!(?P=quote))[^\s\\]){%d,200})(?P=quote)"
# A value ends where a word ends: what a call, an index or the rest of an expression follows is a name.
_BARE: Final = (
    r"(?P<secret>[^\s\"'`<>,;&(){}\[\]\\|$=:：＝][^\s\"'`<>,;&(){}\[\]\\|$]{%d,200}?)"
    r"(?=[.!?]?(?:[\s\"'`;,&)\]}|<]|\\n|$))"
)


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How long a value at least is, by how it is given."""

    quoted: int
    in_environment: int
    bare: int


def _passwords(text: str) -> Iterator[tuple[int, int]]:
    """Where passwords are assigned to their name."""
    lengths = _Lengths(quoted=4, in_environment=4, bare=5)
    lower = _lowered(text)
    for name in _compiled(_PASSWORD).finditer(lower):
        word = name[0] not in ("pass", "pwd") or not lower[name.start() - 1 : name.start()].isalpha()
        if word and (value := _value(text, name, lengths, _is_value, _is_no_name)):
            yield value


def _keys(text: str) -> Iterator[tuple[int, int]]:
    """Where keys and tokens are assigned to their name."""
    lengths = _Lengths(quoted=10, in_environment=12, bare=16)
    only_in_environment = _Lengths(quoted=200, in_environment=12, bare=200)
    lower = _lowered(text)
    for name in _compiled(_KEY).finditer(lower):
        before = lower[max(0, name.start() - 12) : name.start()].rstrip(" _.-")
        telling = name[0] != "key" or before.endswith(_KINDS_OF_KEY)
        if value := _value(text, name, lengths if telling else only_in_environment, _is_key, _is_key):
            yield value


def _value(
    text: str,
    name: re.Match[str],
    lengths: _Lengths,
    is_given: Callable[[str], bool],
    is_bare: Callable[[str], bool],
) -> tuple[int, int] | None:
    """Where the value is that is assigned to a name; in quotes and in an environment all that `is_given` is one.

    In files of the environment, and among the parts of a connection string or of an address, a value has no quotes.
    """
    before = text[max(0, name.start() - 20) : name.start()]
    ways = [(f"{_SIGN}{_QUOTED % lengths.quoted}", is_given)]
    if text[name.start() : name.end()].isupper() or _compiled(r"(?s:.*)[;?&] ?[A-Za-z_-]*").fullmatch(before):
        ways.append((f"={_BARE % (lengths.in_environment - 1)}", is_given))
    sign = rf"(?:{_SIGN}|{_IS})"
    if _compiled(r"(?:.*\s)?--?[\w-]*").fullmatch(before):
        sign = rf"(?:{_SIGN}|{_IS}|\s)"
    ways.append((sign + _BARE % (lengths.bare - 1), is_bare))
    for pattern, holds in ways:
        found = _compiled(pattern).match(text, name.end())
        if found and holds(found["secret"]):
            return found.span("secret")
    return None


def _lowered(text: str) -> str:
    """In small letters, each at the place that it has in the text."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
