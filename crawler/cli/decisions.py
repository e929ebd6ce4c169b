"""`gongkai sites replace, disable, enable, retire, history`: what an operator decides about sites.

Invariant: a decision is written with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.rendering.texts import t
from archive.stores import Store
from crawler.cli.base import DONE, Form, Out, answer, command, group, option, session, web_address
from crawler.reports.progress import log

if TYPE_CHECKING:
    from crawler.sites.decisions import Action, SiteEntry

app = group()


def chosen_entries(store: Store, selector: str) -> list[SiteEntry]:
    """The registered sites a selector names, with what was decided about them."""
    from crawler import sites as registry
    from crawler.sites import decisions

    entries = decisions.entries(store)
    names = {site.site_id for site in registry.select(selector, [entry.site for entry in entries])}
    return [entry for entry in entries if entry.site.site_id in names]


def written(text: str) -> str:
    """A reason that says something. Raises BadParameter."""
    if not text.strip():
        raise typer.BadParameter(t("a reason is needed, for the record"))
    return text.strip()


Reason = Annotated[str, option("--reason", "WHY", "Why, for the record", parser=written)]
SiteId = Annotated[str, typer.Argument(metavar="SITE", help=t("A site id"))]


def decided(ctx: typer.Context, action: Action, site: str, reason: str, **more: Any) -> int:
    """Record the same decision about all sites that `site` selects."""
    from crawler.sites import decisions

    store = session(ctx).store()
    chosen = chosen_entries(store, site)
    known = {entry.site.site_id for entry in chosen}
    for entry in chosen:
        decisions.decide(store, action, entry.site.site_id, reason, known=known, **more)
        log.info(f"{entry.site.site_id} {entry.site.name}: {t(action, context='decision')}")
    return DONE


@command(app, "replace", "Give a site another address.")
def sites_replace(
    ctx: typer.Context,
    site: SiteId,
    url: Annotated[str, typer.Argument(metavar="URL", help=t("The new address"), parser=web_address)],
    reason: Reason,
) -> int:
    """`gongkai sites replace`: for one site only."""
    if len(chosen_entries(session(ctx).store(), site)) != 1:
        raise typer.BadParameter(t("{given} names several sites", given=repr(site)))
    return decided(ctx, "replace", site, reason, url=url)


@command(app, "disable", "Visit these sites no more until they are enabled; their verdict is unknown.")
def sites_disable(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    """`gongkai sites disable`."""
    return decided(ctx, "disable", site, reason)


@command(app, "enable", "Visit these sites again.")
def sites_enable(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    """`gongkai sites enable`."""
    return decided(ctx, "enable", site, reason)


@command(app, "retire", "Retire sites that no longer exist (a merged county): not visited, not expected.")
def sites_retire(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    """`gongkai sites retire`."""
    return decided(ctx, "retire", site, reason)


@command(app, "history", "What was decided about a site, the oldest first.")
def sites_history(ctx: typer.Context, site: SiteId, form: Form = "table", out: Out = None) -> int:
    """`gongkai sites history`."""
    import pyarrow as pa

    from crawler.sites import decisions

    store = session(ctx).store()
    decided_on = decisions.history(store, site)
    if not decided_on:
        chosen_entries(store, site)  # raises UnknownSites
    rows = [
        {"decided_at": one.decided_at, "decision": t(one.action, context="decision"), "url": one.url}
        | {"reason": one.reason}
        for one in decided_on
    ]
    names = ("decided_at", "decision", "url", "reason")
    answer(pa.table({name: [row[name] for row in rows] for name in names}), form, out)
    return DONE
