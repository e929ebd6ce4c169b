// The document page: a number, its place on the page image and its identities light up together.
// Invariant: text enters the page as text (textContent), never as markup.
"use strict";
(() => {
  const source = document.getElementById("facts");
  if (!source) return;
  const facts = JSON.parse(source.textContent);
  const labels = JSON.parse(document.getElementById("labels").textContent);
  const panel = document.getElementById("detail");
  const content = panel.querySelector(".what");
  const buttons = [...document.querySelectorAll(".amount")];
  const all = (place) => [document.getElementById(place), document.getElementById("box-" + place)].filter(Boolean);
  let pinned = null;

  const clear = (...names) => {
    for (const one of document.querySelectorAll(".amount, .overlay rect")) one.classList.remove(...names);
  };
  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // Scrolls the box of page images, never the window: the reader stays where he reads.
  const reveal = (place) => {
    const box = document.getElementById("box-" + place);
    const frame = box && box.closest(".sheets");
    if (!frame || frame.scrollHeight <= frame.clientHeight) return;
    const at = box.getBoundingClientRect(), view = frame.getBoundingClientRect();
    if (at.top < view.top + 20 || at.bottom > view.bottom - 20) {
      frame.scrollTop += at.top - view.top - frame.clientHeight / 2;
    }
  };
  const relatives = (place) =>
    new Set(facts[place].checks.flatMap((no) => document.getElementById("check-" + no).dataset.cells.split(" ")));

  const light = (place) => {
    clear("lit", "kin");
    if (!facts[place]) return;
    for (const one of relatives(place)) for (const part of all(one)) part.classList.add("kin");
    for (const part of all(place)) part.classList.add("lit");
  };

  const describe = (place) => {
    const fact = facts[place];
    const big = element("p", fact.yuan === null ? fact.printed : fact.yuan + " " + labels.yuan, "big");
    const what = element("p", [fact.label, fact.column].filter(Boolean).join(" · "));
    const printed = element("p", `${labels.printed}: ${fact.printed} ${fact.unit}` + (fact.page ? ` · ${labels.page} ${fact.page}` : ""), "soft");
    const verdict = element("p", fact.status ? labels[fact.status] + labels.colon : "", "verdict p-" + fact.status);
    verdict.append(element("span", (labels.explain || {})[fact.status], "meaning"));
    const chips = element("ul", "", "chips");
    for (const [name, value] of fact.meaning) chips.append(element("li", `${name}: ${value}`));
    const proofs = element("ol", "", "identities");
    for (const no of fact.checks) {
      const copy = document.getElementById("check-" + no).cloneNode(true);
      copy.removeAttribute("id");
      copy.removeAttribute("tabindex");
      proofs.append(copy);
    }
    const links = element("p");
    const here = element("a", labels.link);
    here.href = "#" + place;
    links.append(here);
    if (labels.api) {
      const json = element("a", labels.api);
      json.href = "/api/facts/" + fact.id + location.search;
      links.append(" · ", json);
    }
    content.replaceChildren(big, what, printed, chips, verdict, proofs, links);
    if (fact.yuan === null) content.append(element("p", labels.noUnit, "soft"));
    panel.hidden = false;
  };

  const show = (place) => {
    light(place);
    reveal(place);
    describe(place);
  };
  const pin = (place) => {
    clear("pinned");
    pinned = place;
    for (const part of all(place)) part.classList.add("pinned");
    show(place);
  };
  const unpin = () => {
    pinned = null;
    clear("lit", "kin", "pinned");
    panel.hidden = true;
  };

  for (const button of buttons) {
    const place = button.dataset.place;
    button.addEventListener("mouseenter", () => { light(place); reveal(place); });
    button.addEventListener("mouseleave", () => (pinned ? light(pinned) : clear("lit", "kin")));
    button.addEventListener("focus", () => { if (button.matches(":focus-visible")) pin(place); });
    button.addEventListener("click", () => (pinned === place ? unpin() : pin(place)));
  }
  for (const box of document.querySelectorAll(".overlay rect")) {
    box.addEventListener("mouseenter", () => light(box.dataset.place));
    box.addEventListener("mouseleave", () => (pinned ? light(pinned) : clear("lit", "kin")));
    box.addEventListener("click", () => {
      pin(box.dataset.place);
      const button = document.getElementById(box.dataset.place);
      if (button) button.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }
  for (const check of document.querySelectorAll(".identity[data-cells]")) {
    const cells = check.dataset.cells.split(" ").filter(Boolean);
    const on = () => { clear("lit", "kin"); for (const cell of cells) { for (const part of all(cell)) part.classList.add("kin"); reveal(cell); } };
    check.addEventListener("mouseenter", on);
    check.addEventListener("focus", on);
    check.addEventListener("mouseleave", () => (pinned ? light(pinned) : clear("lit", "kin")));
  }
  panel.querySelector(".close").addEventListener("click", unpin);

  // One stop for the Tab key; the arrows go from number to number.
  const grid = new Map(buttons.map((button) => [button.dataset.place, button]));
  const spot = (button) => button.dataset.place.match(/\d+/g).map(Number);
  const step = (button, down, right) => {
    const [row, column] = spot(button);
    const way = buttons.filter((one) => {
      const [r, c] = spot(one);
      return right ? r === row && Math.sign(c - column) === right : c === column && Math.sign(r - row) === down;
    });
    const near = right ? (one) => Math.abs(spot(one)[1] - column) : (one) => Math.abs(spot(one)[0] - row);
    return way.sort((a, b) => near(a) - near(b))[0];
  };
  buttons.forEach((button, number) => { button.tabIndex = number ? -1 : 0; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return unpin();
    const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const button = document.activeElement;
    if (!ways[event.key] || !grid.has(button.dataset && button.dataset.place)) return;
    const next = step(button, ...ways[event.key]);
    event.preventDefault();
    if (!next) return;
    button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  if (window.matchMedia("(max-width: 61.99rem)").matches) document.querySelector(".toc details").open = false;
  const asked = decodeURIComponent(location.hash.slice(1));
  if (facts[asked]) {
    pin(asked);
    grid.get(asked).scrollIntoView({ block: "center" });
  } else {
    const first = buttons.find((one) => one.classList.contains("p-disputed"));
    if (first) light(first.dataset.place);
  }
})();
