"""What column headings mean: the words people use for each field of a project, in English, German, French and Spanish.

A heading is cut into plain lower-case words ("totalBudget", "total_budget" and "Total Budget" are the same two words) and
compared with phrases. A phrase that is the whole heading counts full; one inside a longer heading counts less, the more
words surround it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

PHRASES: dict[str, Sequence[str]] = {
    "reference": (
        "id|project id|unique project id|unique id|pid|reference|ref|project reference|project ref|project number|"
        "project no|project code|code|number|no|nr|key|project key|identifier|unique identifier|wbs|project nummer|"
        "projektnummer|projekt nr|projekt id|kennung|numero|numero projet|numero de projet|code projet|"
        "numero de proyecto|codigo|codigo de proyecto|programme id|initiative id|ppm id|charter no|job number"
    ).split("|"),
    "name": (
        "name|project name|project title|title|project|programme|program|programme name|project programme|initiative|"
        "initiative name|investment title|description of project|projekt|projektname|projekttitel|bezeichnung|vorhaben|"
        "titel|nom|nom du projet|projet|intitule|libelle|nombre|nombre del proyecto|proyecto|titulo|activity|"
        "activity name|work package|scheme|scheme name"
    ).split("|"),
    "description": (
        "description|project description|description aims|aims|scope|summary|objective|purpose|details|background|what|"
        "beschreibung|projektbeschreibung|ziel|zweck|descriptif|objectif|objet|descripcion|objetivo|alcance|outcome|"
        "justification"
    ).split("|"),
    "sponsor": (
        "sponsor|executive sponsor|owner|project owner|sro|senior responsible owner|business owner|executive|"
        "accountable|client|customer|client agency|requester|auftraggeber|sponsorin|projektauftraggeber|verantwortlich|"
        "commanditaire|maitre d ouvrage|maitrise d ouvrage|patrocinador|propietario|cliente"
    ).split("|"),
    "manager": (
        "project manager|manager|pm|lead|project lead|programme manager|program manager|responsible|project leader|"
        "delivery manager|led by|projektleiter|projektleiterin|projektleitung|leiter|pl|chef de projet|responsable|"
        "cheffe de projet|jefe de proyecto|director de proyecto|responsable del proyecto|assigned to|in charge"
    ).split("|"),
    "organisation": (
        "department|dept|directorate|division|organisation|organization|business unit|unit|agency|agency name|"
        "managing agency|ministry|function|owner group|department name|service line|branch|lead department|abteilung|"
        "bereich|fachbereich|amt|organisationseinheit|ministere|direction|departement|service|entite|departamento|"
        "direccion|area|unidad|agencia|dept acronym|company|region"
    ).split("|"),
    "category": (
        "category|report category|type|project type|class|classification|programme type|portfolio|stream|workstream|"
        "theme|sector|delivery program|delivery programme|kategorie|typ|art|projektart|portfolioname|categorie|genre|"
        "categoria|tipo|tipo de proyecto|strategic theme|pillar"
    ).split("|"),
    "status": (
        "status|project status|state|phase|current phase|stage|project phase|lifecycle stage|gate|current stage|"
        "lifecycle|projektstatus|projektphase|zustand|statut|etat|estado|fase|etapa|current status"
    ).split("|"),
    "rating": (
        "rag|rag status|rag rating|rating|colour rating|color rating|colour|color|delivery confidence|dca|"
        "delivery confidence assessment|ipa rag rating|health|overall health|overall rag|overall status|traffic light|"
        "ampel|ampelstatus|meteo|meteo projet|feu|semaforo|overall rating|status colour|status color|confidence"
    ).split("|"),
    "start": (
        "start|start date|project start|project start date|begin|begin date|commencement|commencement date|start on|"
        "started|kick off|kickoff|planned start|actual start|forecast start|design start|from|beginn|startdatum|anfang|"
        "projektstart|projektbeginn|debut|date de debut|demarrage|inicio|fecha de inicio|fecha inicio|comienzo|"
        "started on"
    ).split("|"),
    "finish": (
        "finish|finish date|end|end date|projected actual project completion date|project end|project end date|"
        "completion|completion date|estimated completion|estimated completion date|forecast completion|forecast finish|"
        "forecast end|forecast end date|due|due date|deadline|target date|go live|go live date|planned finish|"
        "planned end|delivery date|actual completion date|projected completion date|until|to|practical completion|ende|"
        "enddatum|endtermin|fertigstellung|projektende|abschluss|fin|date de fin|echeance|livraison|final|fecha de fin|"
        "fecha fin|termino|fecha de termino|finished|raw provided date|completed on|completed"
    ).split("|"),
    "baseline_finish": (
        "baseline finish|baseline end|baseline end date|baseline completion|baseline completion date|original end date|"
        "original finish|original completion|approved end date|planned project completion date|planned completion date|"
        "baseline date|plan ende|planende|basisplan ende|fin initiale|date de fin initiale|fin prevista inicial|"
        "linea base fin"
    ).split("|"),
    "budget": (
        "budget|total budget|approved budget|project budget|yearly budget|annual budget|budget forecast|budget cost|"
        "total baseline|baseline cost|baseline budget|approved cost|planned cost|allocated budget|funding|allocation|"
        "authorised cost|capex|total cost|cost|costs|amount|value|project value|contract value|gesamtbudget|"
        "projektbudget|plankosten|kosten|budget total|budget approuve|budget alloue|cout|montant|presupuesto|"
        "presupuesto total|importe|coste|costo|bac|original budget"
    ).split("|"),
    "forecast_cost": (
        "forecast|forecast cost|yearly forecast|annual forecast|cost forecast|forecast incl ngc|estimate at completion|"
        "eac|final forecast cost|forecast outturn|outturn|projected cost|projected actual cost|estimated cost|"
        "latest estimate|anticipated final cost|ffc|afc|prognose|kostenprognose|forecast kosten|prevision|cout prevu|"
        "cout estime|pronostico|coste previsto|coste estimado"
    ).split("|"),
    "whole_life_cost": (
        "whole life cost|whole life costs|wlc|total budgeted whole life costs|wlc baseline|wlc baseline incl ncg|"
        "life cycle cost|lifecycle cost|total cost of ownership|tco|lebenszykluskosten|gesamtkosten|cout complet|"
        "cout global|coste total del ciclo de vida"
    ).split("|"),
    "spend": (
        "spend|spent|spend to date|spent to date|actual cost|actual costs|actuals|actual|cost to date|expenditure|"
        "expenditure to date|actual spend|ytd actual|acwp|ist kosten|istkosten|ausgaben|bisherige kosten|depense|"
        "depenses|realise|consomme|gasto|gastado|ejecutado|coste real|invoiced"
    ).split("|"),
    "currency": ("currency|currency code|ccy|cur|wahrung|waehrung|devise|monnaie|moneda|divisa").split("|"),
    "progress": (
        "progress|percent complete|complete|% complete|pct complete|completion %|percentage complete|done|fortschritt|"
        "fertigstellungsgrad|avancement|taux d avancement|avance|% avance|physical progress|progress %"
    ).split("|"),
    "comment": (
        "comment|comments|remark|remarks|note|notes|commentary|narrative|rating comment|status comment|"
        "status commentary|latest update|update|schedule comment|budget comment|variance comment|"
        "departmental commentary|departmental narrative|bemerkung|bemerkungen|kommentar|anmerkung|commentaire|"
        "commentaires|remarque|observaciones|comentario|comentarios|nota|notas|highlights|key issues|next steps"
    ).split("|"),
    "reported_on": (
        "reported on|report date|reporting date|date reported as of|as of date|as of|status date|data date|"
        "reporting period|snapshot date|snapshot|period|stichtag|berichtsdatum|date de situation|date du rapport|"
        "fecha de informe|updated date|last updated|as at"
    ).split("|"),
}
# Words that turn a heading into something else than the field it seems to be.
STRANGERS: dict[str, frozenset[str]] = {
    "name": frozenset(
        (
            "acronym agency budget code cost date department end file id manager no number owner phase short "
            "sponsor start status type"
        ).split()
    ),
    "reference": frozenset("agency budget business case cost date department document investment name order phone".split()),
    "organisation": frozenset("acronym budget code cost id number".split()),
    "start": frozenset("comment commentary days delay narrative reported slip updated variance".split()),
    "finish": frozenset(
        ("% baseline changes comment commentary days delay narrative original percent remaining slip start variance").split()
    ),
    "baseline_finish": frozenset("comment cost days start variance".split()),
    "budget": frozenset(
        (
            "% change changes code comment commentary date department holder life manager narrative owner percent variance whole"
        ).split()
    ),
    "forecast_cost": frozenset("% comment completion date end finish narrative schedule start variance".split()),
    "whole_life_cost": frozenset("comment narrative narratives variance".split()),
    "spend": frozenset("comment completion date end finish start variance".split()),
    "rating": frozenset("actions comment commentary date last narrative previous".split()),
    "status": frozenset("color colour comment commentary date end narrative rag start".split()),
    "manager": frozenset("budget code comment date email phone".split()),
    "sponsor": frozenset("code comment date group team".split()),
    "category": frozenset("document file".split()),
    "progress": frozenset("comment cost date variance".split()),
    "description": frozenset("code date".split()),
    "comment": frozenset(),
    "currency": frozenset(),
    "reported_on": frozenset("completion end start".split()),
}
GENERAL = frozenset(
    (
        "actual baseline comment cost date description direction due duration effort email end forecast frequency "
        "goal hours id issue kpi measure month name objective owner percent phone plan predecessor priority "
        "quarter resource risk role source start status step target task title type unit value weight year"
    ).split()
)


@lru_cache(maxsize=8192)
def words_of(heading: str) -> tuple[str, ...]:
    """Plain lower-case words of a heading, without accents, units in brackets or line breaks."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", heading)
    text = re.sub(r"[(\[{][^)\]}]*[)\]}]", " ", text)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(character for character in text if not unicodedata.combining(character)).casefold()
    return tuple(re.findall(r"[a-z0-9]+|%", text))


@lru_cache(maxsize=1)
def _index() -> dict[tuple[str, ...], dict[str, int]]:
    """Words of a phrase -> field -> rank of the phrase among those of the field (0 is the plainest)."""
    index: dict[tuple[str, ...], dict[str, int]] = {}
    for field, phrases in PHRASES.items():
        for rank, phrase in enumerate(phrases):
            index.setdefault(words_of(phrase), {}).setdefault(field, rank)
    return index


@lru_cache(maxsize=8192)
def fields_of(heading: str) -> dict[str, float]:
    """Field -> how well the heading names it, 0 to 1. A whole match is 1; 0.9 where a phrase belongs to two fields."""
    words = words_of(heading)
    if not words:
        return {}
    scores: dict[str, float] = {}
    index = _index()
    most = min(len(words), 7)
    for size in range(most, 0, -1):
        for start in range(len(words) - size + 1):
            for place, (field, rank) in enumerate(index.get(words[start : start + size], {}).items()):
                score = _share(size, len(words), start) - (0.1 if place else 0.0) - min(0.08, 0.002 * rank)
                scores[field] = max(scores.get(field, 0.0), score)
    for field in list(scores):
        foreign = len(STRANGERS[field].intersection(words) - set(_own_words(field, words)))
        scores[field] = round(scores[field] * 0.4**foreign, 3)
    return {field: score for field, score in scores.items() if score >= 0.2}


def _share(size: int, total: int, start: int) -> float:
    if size == total:
        return 1.0
    edge = 0.04 if start + size == total else 0.0
    return min(0.92, 0.5 + 0.45 * size / total + edge) if size > 1 else max(0.25, 0.75 - 0.12 * (total - size)) + edge


def _own_words(field: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Words that belong to a whole phrase of the field and so are no strangers in it."""
    return words if field in _index().get(words, ()) else ()


def is_known(heading: str) -> bool:
    """True where the heading uses words a list of projects, KPIs or tasks would use in its header."""
    if len(heading) > 250:
        return False
    if any(score >= 0.4 for score in fields_of(heading).values()):
        return True
    words = words_of(heading)
    return 0 < len(words) <= 6 and not GENERAL.isdisjoint(words)
