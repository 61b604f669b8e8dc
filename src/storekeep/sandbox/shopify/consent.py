"""The pages a merchant sees: consent to an install, and the reasons why there is none. Plain HTML forms, no script."""

from __future__ import annotations

from html import escape

_STYLE = """
:root{color-scheme:light dark;--bg:#f1f2f4;--card:#fff;--ink:#1a1c1d;--soft:#5c6166;--line:#dcdfe3;
--accent:#1f6f4a;--accent-ink:#fff;--note:#fff4d6;--note-ink:#5a4300}
@media(prefers-color-scheme:dark){:root{--bg:#141617;--card:#1f2224;--ink:#eceeef;--soft:#a3a9ae;--line:#383d41;--accent:#4cb183;
--accent-ink:#0b1a12;--note:#3a3014;--note-ink:#f6dfa0}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{padding:.75rem 1rem;background:var(--note);color:var(--note-ink);text-align:center;font-size:.9rem}
main{max-width:34rem;margin:4vh auto;padding:0 1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.75rem}
h1{font-size:1.35rem;margin:0 0 .25rem}
h2{font-size:.95rem;margin:1.5rem 0 .5rem}
p{margin:.25rem 0;color:var(--soft)}
strong{color:var(--ink)}
ul{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
li{padding:.6rem 0;border-bottom:1px solid var(--line)}
li code{display:block;color:var(--soft);font-size:.8rem}
form{display:flex;gap:.75rem;justify-content:flex-end;margin-top:1.5rem;flex-wrap:wrap}
button,a.button{font:inherit;font-weight:600;padding:.65rem 1.25rem;border-radius:8px;border:1px solid var(--line);
background:transparent;color:var(--ink);cursor:pointer;text-decoration:none;min-height:44px}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
"""

_WORDS = {
    "orders": "orders, refunds and transactions",
    "all_orders": "orders older than 60 days",
    "customers": "customers",
    "products": "products and variants",
    "inventory": "inventory",
    "locations": "locations",
    "fulfillments": "fulfilments",
    "order_edits": "order edits",
    "returns": "returns",
    "draft_orders": "draft orders",
    "reports": "reports",
    "discounts": "discounts",
}


def page(title: str, body: str) -> str:
    """A whole page that says at its top that this is the stand-in; `body` is HTML."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head><body>'
        f"<header><strong>Stand-in for Shopify.</strong> This is not Shopify: it is the sandbox that comes with Storekeep, "
        f"and the store is made up.</header><main><section>{body}</section></main></body></html>"
    )


def describe(scope: str) -> str:
    """What a scope lets the app do, in words."""
    verb, _, what = scope.partition("_")
    thing = _WORDS.get(what, what.replace("_", " "))
    return f"View and change {thing}" if verb == "write" else f"View {thing}"


def consent(
    shop: str, shop_name: str, app: str, scopes: list[str], hidden: dict[str, str], action: str, withheld: list[str]
) -> str:
    """The consent page: who asks for what in which store, and the two buttons. `hidden` goes back with the answer."""
    items = "".join(f"<li>{escape(describe(s))}<code>{escape(s)}</code></li>" for s in scopes)
    inputs = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in hidden.items())
    left_out = ""
    if withheld:
        words = ", ".join(f"<code>{escape(s)}</code>" for s in withheld)
        left_out = f"<p>Not granted to this app in this store: {words}.</p>"
    return page(
        f"Install {app}",
        f"<h1>Install {escape(app)}</h1><p>on <strong>{escape(shop_name)}</strong> ({escape(shop)})</p>"
        f'<h2 id="scopes">This app will be able to</h2><ul aria-labelledby="scopes">{items}</ul>{left_out}'
        f'<form method="post" action="{escape(action)}" aria-label="Answer to {escape(app)}">{inputs}'
        f'<button type="submit" name="decision" value="cancel">Cancel</button>'
        f'<button type="submit" name="decision" value="install" class="primary">Install</button></form>',
    )


def cancelled(shop_name: str, app: str, back: str) -> str:
    """After Cancel: nothing was installed, and a way back to the app. The original, too, does not call the app back."""
    return page(
        "Not installed",
        f"<h1>{escape(app)} was not installed</h1><p>Nothing was granted on <strong>{escape(shop_name)}</strong>. "
        f'You can start again from the app.</p><form><a class="button" href="{escape(back)}">Back to {escape(app)}</a></form>',
    )


def refused(error: str, description: str) -> str:
    """The page for a request that cannot lead to an install."""
    return page("OAuth error", f"<h1>OAuth error {escape(error)}</h1><p>{escape(description)}</p>")
