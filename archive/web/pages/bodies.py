"""A body through the years, bodies beside each other, bodies in order.

Invariant: every amount links to the printed fact it is, or the first of those it is added from, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pyarrow.compute as pc
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.dataset.query.governments import definition
from archive.dataset.query.measures import body_measures
from archive.dataset.rows.typed import rows_of
from archive.monitoring.verdicts import BoardRow, region_prefixes
from archive.web.data import queries
from archive.web.data.results import Moved, OwnDocument, PlacedBody
from archive.web.pages import money, scoreboard
from archive.web.pages.money import ClassAmount, MeasuredAmount
from archive.web.pages.standings import board_of
from archive.web.view import charts
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.values.vocabulary import BodyLevel, DocumentKind

LISTED = 100
COMPARED = 6
RANKED = 200
FIRST_CHECKS = 6
"""Of those that fail; the others are shown when asked for."""
THREE_PUBLIC = ("three_public", "abroad", "vehicles", "reception")
COMPARED_IN_CHART = ("expenditure", "revenue", "general", "basic", "project", "government_fund")
KINDS = (DocumentKind.BUDGET, DocumentKind.ACCOUNTS)
Amounts = Mapping[str, Mapping[str, MeasuredAmount]]
Classes = Mapping[str, Sequence[ClassAmount]]


def bodies_page(visit: Visit) -> Response:
    """All bodies, found by name and region."""
    start = visit.start
    name, region = visit.parameter("q"), visit.parameter("region")
    prefix = region_prefixes(region)[0]
    rows = queries.bodies_named(visit.version, name, prefix, LISTED + 1, start)
    more = len(rows) > LISTED
    return page(
        visit, "bodies.html", rows=rows[:LISTED], q=name, region=region, start=start, step=LISTED, more=more
    )


def body_page(visit: Visit) -> Response:
    """One body: years side by side, classes, 三公, deadlines, checks, versions."""
    body = _body(visit, visit.request.path_params["body_id"])
    documents = queries.documents_of(visit.version, body)
    columns = _newest_of_each(documents)
    identities = [one.document_id for one in columns]
    all_of_them = [one.document_id for one in documents]
    in_force = [one.document_id for one in documents if one.superseded_by is None]
    near = visit.version.of_documents(all_of_them)
    figures = money.figures_of(near, identities)
    there = {measure for found in figures.measures.values() for measure in found}
    board = board_of(visit)
    own = board.filter(pc.equal(board.column("body_id"), body.body_id))
    return page(
        visit,
        "body.html",
        body=body,
        place=body,
        documents=documents,
        columns=columns,
        measures={name: one for name, one in body_measures().items() if name in there},
        absent=[one.name(visit.language) for name, one in body_measures().items() if name not in there],
        amounts=figures.measures,
        functional=_class_rows(figures.functional, identities),
        economic=_class_rows(figures.economic, identities),
        charts={
            "functional": _class_chart(visit, columns, figures.functional),
            "economic": _class_chart(visit, columns, figures.economic),
            "three_public": _three_public(visit, columns, figures.measures),
        },
        deadlines=rows_of(own, BoardRow),
        scores=scoreboard.of_body(visit, body.body_id),
        rates=scoreboard.rates_of("government" if body.level is BodyLevel.GOVERNMENT else "body"),
        units=scoreboard.units(),
        first_checks=FIRST_CHECKS,
        checks=queries.failed_checks(visit.version, in_force),
        files=queries.file_names(visit.version, documents),
        in_force=len(in_force),
        moves=visit.version.of_region(body.region_code or "").ask(Moved, queries.MOVES, all_of_them),
    )


def compare_page(visit: Visit) -> Response:
    """Up to six bodies in one year and kind, measure by measure."""
    wanted = list(dict.fromkeys(visit.request.query_params.getlist("body")))[:COMPARED]
    bodies = [_body(visit, identity) for identity in wanted if identity]
    year, kind = visit.number("year", 0, 9999), visit.choice("kind", KINDS, DocumentKind.BUDGET)
    chosen: list[tuple[PlacedBody, OwnDocument | None]] = []
    all_years: set[int] = set()
    for body in bodies:
        documents = queries.documents_of(visit.version, body)
        all_years |= {one.fiscal_year for one in documents if one.fiscal_year}
        fitting = [
            one
            for one in documents
            if one.fiscal_year and one.document_kind == kind and year in (0, one.fiscal_year)
        ]
        chosen.append((body, next(iter(_newest_of_each(fitting)), None)))
    identities = [one.document_id for _, one in chosen if one]
    amounts = money.figures_of(visit.version.of_documents(identities), identities).measures
    q = visit.parameter("q")
    series = {
        body.name: [
            money.drawn(_amount(amounts, document, measure), visit.language) for measure in COMPARED_IN_CHART
        ]
        for body, document in chosen
        if document
    }
    names = [body_measures()[name].name(visit.language) for name in COMPARED_IN_CHART]
    return page(
        visit,
        "compare.html",
        chosen=chosen,
        year=year,
        kind=kind,
        kinds=KINDS,
        years=sorted(all_years, reverse=True),
        measures=body_measures(),
        amounts=amounts,
        q=q,
        found=queries.bodies_named(visit.version, q, "", 30, 0),
        wanted=wanted,
        full=len(wanted) >= COMPARED,
        governments=[body.region_code for body in bodies if body.level is BodyLevel.GOVERNMENT],
        charts={"compare": charts.bars(names, series, visit.t("chart unit"))} if series else {},
    )


def rank_page(visit: Visit) -> Response:
    """Bodies of a region in the order of one measure; measures of governments have a page of their own."""
    measure = visit.parameter("measure") or "expenditure"
    if measure in definition().ranked:
        asked = {name: visit.parameter(name) for name in ("year", "region")}
        return RedirectResponse(visit.link("/governments", measure=measure, **asked), 303)
    if measure not in body_measures():
        raise HTTPException(400, visit.t("No such measure."))
    kind, region = visit.choice("kind", KINDS, DocumentKind.BUDGET), visit.parameter("region")
    years = visit.version.homes.years()
    year = visit.number("year", years[0] if years else 0, 9999)
    prefix = region_prefixes(region)[0]
    rows = money.ranked(visit.version, measure, year, kind, prefix, RANKED)
    top = rows[:20]
    name = body_measures()[measure].name(visit.language)
    chart = charts.bars(
        [row.body_name for row in top],
        {name: [money.drawn(row.amount, visit.language) for row in top]},
        visit.t("chart unit"),
    )
    return page(
        visit,
        "rank.html",
        rows=rows,
        measure=measure,
        measures=body_measures(),
        of_governments=definition().ranked,
        kind=kind,
        kinds=KINDS,
        year=year,
        years=years,
        region=region,
        body_id=queries.body_id,
        charts={"rank": chart} if rows else {},
    )


def _body(visit: Visit, identity: str) -> PlacedBody:
    body = visit.version.first(PlacedBody, queries.BODY, identity)
    if body is None:
        raise HTTPException(404, visit.t("No such body in this snapshot."))
    return body


def _newest_of_each(documents: Iterable[OwnDocument]) -> list[OwnDocument]:
    """One document of each year and kind: one in force, the one with the most amounts; years rising."""

    def rank(document: OwnDocument) -> tuple[bool, int]:
        return document.superseded_by is None, document.facts or 0

    best: dict[tuple[int, str], OwnDocument] = {}
    for document in documents:
        if not document.fiscal_year or document.document_kind not in KINDS:
            continue
        key = (document.fiscal_year, document.document_kind)
        if key not in best or rank(document) > rank(best[key]):
            best[key] = document
    return [best[key] for key in sorted(best, key=lambda key: (key[0], KINDS.index(DocumentKind(key[1]))))]


def _amount(amounts: Amounts, document: OwnDocument, measure: str) -> Decimal | None:
    found = amounts.get(document.document_id, {}).get(measure)
    return found.amount if found else None


def _class_rows(
    classes: Classes, identities: Sequence[str]
) -> list[tuple[str, str, list[ClassAmount | None]]]:
    """Code, name and the amount in each document, for every class that any of them has."""
    names: dict[str, str] = {}
    cells: dict[str, dict[str, ClassAmount]] = {}
    for identity in identities:
        for row in classes[identity]:
            names[row.code] = row.name or names.get(row.code, "")
            cells.setdefault(row.code, {})[identity] = row
    return [
        (code, names[code], [cells[code].get(identity) for identity in identities]) for code in sorted(names)
    ]


def _label(visit: Visit, document: OwnDocument) -> str:
    return f"{document.fiscal_year} {visit.t(document.document_kind or '')}"


def _class_chart(visit: Visit, columns: Sequence[OwnDocument], classes: Classes) -> charts.Option | None:
    rows = _class_rows(classes, [one.document_id for one in columns])
    if not rows:
        return None
    series = {
        _label(visit, document): [
            money.drawn(cell.amount, visit.language) if (cell := cells[number]) else None
            for _, _, cells in rows
        ]
        for number, document in enumerate(columns)
        if classes[document.document_id]
    }
    return charts.bars([name or code for code, name, _ in rows], series, visit.t("chart unit"))


def _three_public(visit: Visit, columns: Sequence[OwnDocument], amounts: Amounts) -> charts.Option | None:
    shown = [one for one in columns if any(_amount(amounts, one, name) is not None for name in THREE_PUBLIC)]
    if not shown:
        return None
    series = {
        body_measures()[name].name(visit.language): [
            money.drawn(_amount(amounts, one, name), visit.language) for one in shown
        ]
        for name in THREE_PUBLIC
    }
    return charts.columns([_label(visit, one) for one in shown], series, visit.t("chart unit"))
