"""The words the objective checks know: verbs of direction and of activity, vague words, abstract names, fixed pairs.

English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


UP = word_set("increase raise grow lift boost double triple quadruple expand gain extend widen multiply rise")
DOWN = word_set(
    "reduce cut decrease lower shorten halve drop shrink bring-down diminish trim slash lessen fall eliminate minimise minimize"
)
KEEP = word_set("keep maintain hold sustain stay remain preserve retain")
REACH = word_set(
    "achieve reach attain meet exceed be become have get make bring move turn generate earn win save protect safeguard "
    "secure defend prevent resolve restore solve enforce deter sell"
)
VAGUE_VERBS = word_set(
    "improve optimise optimize support enhance ensure strengthen leverage maximise maximize streamline foster drive promote "
    "empower transform modernise modernize advance enable facilitate encourage accelerate elevate champion embed align "
    "cultivate revitalise revitalize harness reinvent deepen broaden contribute"
)
ACTIVITY = word_set(
    "implement deliver produce hold launch complete introduce establish create set-up develop build define document publish "
    "train conduct organise organize run perform carry-out roll-out execute install deploy migrate write draft prepare "
    "design review audit hire recruit appoint provide upgrade replace adopt coordinate monitor analyse analyze evaluate "
    "assess identify explore investigate communicate present submit attend host procure purchase buy pilot test plan start "
    "begin initiate continue finish finalise finalize release ship digitise digitize automate standardise standardize "
    "harmonise harmonize integrate consolidate restructure reorganise reorganize convert distribute discuss schedule "
    "collect compile update undertake instruct educate arrange assemble set-down put-in-place fund select examine engage "
    "add invest award issue inform research sponsor allocate collaborate work participate consult survey map inspect "
    "consider use cooperate partner liaise outline propose formulate devise gather obtain demolish replant translate render "
    "educate revise rewrite redesign refurbish construct commission operationalise operationalize"
)
VAGUE = re.compile(
    r"\b(?:(?:improv|optimi[sz]|enhanc|strengthen|leverag|maximi[sz]|streamlin|foster|promot|empower|transform|moderni[sz]|"
    r"accelerat|facilitat|support|ensur|revitali[sz])(?:e[sd]?|s|ed|ing|ement|ements|ation|ations)?|"
    r"(?:drive|drives|driving)(?=\s(?!time|train))|better|best[\s-]in[\s-]class|best|strategic(?:ally)?|world[\s-]class|"
    r"state[\s-]of[\s-]the[\s-]art|cutting[\s-]edge|leading|as needed|as appropriate|where (?:possible|appropriate)|"
    r"if possible|as soon as possible|as required|(?:centre|center|culture) of \w+|excellen(?:ce|t)|efficien(?:t|tly|cy)|"
    r"effective(?:ly|ness)?|robust|timely|significant(?:ly)?|substantial(?:ly)?|synerg(?:y|ies)|innovati(?:on|ve)|holistic|"
    r"seamless(?:ly)?|sustainabl[ey]|agile|agility|appropriate|adequate|proactive(?:ly)?|next[\s-]generation|greater|more|"
    r"various|key|critical mass|value[\s-]add(?:ed)?|(?:business|stakeholder|customer) value|create value|resilien(?:ce|t)|"
    r"alignment|meaningful|impactful|high[\s-]quality)\b",
    re.IGNORECASE,
)
ABSTRACT = word_set(
    "value quality performance excellence efficiency effectiveness alignment synergy synergies success improvement "
    "improvements transformation innovation business strategic strategy stakeholder organisational organizational corporate "
    "overall general operational culture governance engagement impact benefit delivery project projects portfolio pmo it "
    "better capability agility resilience collaboration communication digital enterprise company customer experience "
    "world-class quality maturity process"
)
OUTCOME_NOUNS = word_set(
    "saving savings benefit benefits revenue revenues income reduction reductions increase growth margin margins profit "
    "profits surplus return returns value improvement improvements turnover yield gains"
)
OUTPUT_NOUNS = word_set(
    "report reports meeting meetings workshop workshops course courses training trainings presentation presentations "
    "document documents newsletter newsletters template templates dashboard dashboards webinar webinars session sessions"
)
_PAIRS = (
    "accident and emergency|adult and community|alcohol and drugs?|arts and culture|benefits? and costs?|"
    "black and minority|boys and girls|bread and butter|bursts and leaks|command and control|costs? and benefits?|"
    "day and night|demand and supply|design and build|diversity and inclusion|drugs? and alcohol|electricity and gas|"
    "end to end|england and wales|equity and inclusion|error and fraud|fit and proper|food and (?:beverage|drink)|"
    "fraud and error|gas and electricity|goods and services|hardware and software|health and safety|heating and cooling|"
    "large and small|law and order|leaks and bursts|learning and development|maintenance and repairs?|men and women|"
    "mental and physical|mergers and acquisitions|oil and gas|operating and maintenance|operations? and maintenance|"
    "order and payment|parks and recreation|pension and benefits|plant and equipment|policies and procedures|"
    "port and harbour|products and services|profit and loss|property and casualty|purchase and payment|"
    "repairs? and maintenance|research and development|roads and bridges|room and board|safe and secure|"
    "safety and health|salaries and wages|sales and marketing|science and technology|search and rescue|small and medium|"
    "stop and search|supply and demand|terms and conditions|time and materials?|track and trace|training and development|"
    "travel and (?:expenses?|subsistence)|trial and error|up and running|wages and salaries|"
    "water and (?:sewerage|sanitation|wastewater|waste)|wear and tear|wind and solar|women and men"
)
FIXED_PAIRS = re.compile(rf"\b(?:{_PAIRS})\b".replace(" and ", r"\s(?:and|&)\s"), re.IGNORECASE)
_IRREGULAR = {
    "grew": "grow",
    "grown": "grow",
    "fell": "fall",
    "fallen": "fall",
    "rose": "rise",
    "risen": "rise",
    "held": "hold",
    "kept": "keep",
    "built": "build",
    "ran": "run",
    "wrote": "write",
    "written": "write",
    "made": "make",
    "brought": "bring",
    "met": "meet",
    "shrunk": "shrink",
    "cutting": "cut",
    "setting": "set",
    "running": "run",
    "got": "get",
    "began": "begin",
    "bought": "buy",
    "shipped": "ship",
    "dropped": "drop",
    "planned": "plan",
    "putting": "put",
}
VERBS = UP | DOWN | KEEP | REACH | VAGUE_VERBS | ACTIVITY
_DETERMINERS = r"(?:(?:the|a|an|our|all|its|their|each|every|any|some|this|these|those|total|new)\s)*"
DETERMINERS = re.compile(rf"^\s*{_DETERMINERS}", re.IGNORECASE)
_INTENT = r"(?:continu|aim|seek|striv|endeavour|endeavor|plan|commit|intend|work|try|attempt)(?:e|es|ing|s|y)?(?: together)? to"
ADVERBS = re.compile(
    rf"^(?:(?:{_INTENT}|\w+ly|further|always|also|then|to|will|shall|must|should|we|help|the|department|team|pmo)\s)+",
    re.IGNORECASE,
)


_ALSO_NOUNS = word_set(
    "test plan review audit design release start finish train document support run drive pilot change advance lift gain "
    "drop fall rise cut turn trim hold present process schedule hire update upgrade increase decrease"
)
_LATER_VERB = re.compile(
    r"\b(?:is|are|be|was|raised|rises?|rose|reduced|falls?|fell|increased|increases|decreased|cut|lifted|lowered|"
    r"grows?|grown|improved|improves|reach(?:es|ed)?|stays?|remains?|kept|held|halved|doubled)\b",
    re.IGNORECASE,
)


def stem(word: str, known: Iterable[str] = VERBS) -> str | None:
    """The base form of `word` when it is a known verb in any form, else None ("reduced" -> "reduce")."""
    lower = word.lower()
    known = known if isinstance(known, (frozenset, set)) else frozenset(known)
    for guess in _guesses(lower):
        if guess in known:
            return guess
    return None


def _guesses(word: str) -> Iterable[str]:
    yield word
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    if word.endswith(("ies", "ied")):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            root = word[: -len(ending)]
            yield root
            yield root + "e"
            if len(root) > 2 and root[-1] == root[-2]:
                yield root[:-1]


def leading_verb(text: str) -> tuple[str, int, int] | None:
    """The verb a sentence begins with, after adverbs: (base form, start, end), or None where it begins with something else.

    Only forms that can open an order count ("reduce", "reducing", "to reduce"), so "reduced fares" and "reports" do not.
    """
    offset = len(text) - len(text.lstrip())
    adverbs = ADVERBS.match(text[offset:])
    if (
        adverbs
        and re.match(r"(?:the|department|team|pmo|we)\b", adverbs[0], re.IGNORECASE)
        and not re.search(r"\b(?:will|shall|must|should|to)\s", adverbs[0], re.IGNORECASE)
    ):
        adverbs = None
    offset += adverbs.end() if adverbs else 0
    phrasal = re.match(r"(roll|set|carry|bring|put)(?:s|ing)?[\s-](out|up|down|in place)\b", text[offset:], re.IGNORECASE)
    if phrasal:
        base = f"{phrasal[1]}-{phrasal[2]}".lower()
        return (base if base in VERBS else phrasal[1].lower()), offset, offset + phrasal.end()
    word = re.match(r"[A-Za-z]+", text[offset:])
    if not word:
        return None
    base_form = stem(word[0])
    if base_form is None or (word[0].lower() != base_form and not word[0].lower().endswith("ing")):
        return None
    takes_object = re.match(r"\s(?:the|an?|our|all|by|its|their)\s", text[offset + word.end() :])
    if base_form in _ALSO_NOUNS and not takes_object and _LATER_VERB.search(text, offset + word.end()):
        return None
    return base_form, offset, offset + word.end()
