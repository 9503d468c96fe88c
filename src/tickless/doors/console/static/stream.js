// Server-sent events: each carries a map of element id → its new content, made and escaped by the server.

/** Keeps the pieces of this page live. The browser comes back by itself when the stream ends. */
export function follow(address) {
  const stream = new EventSource(address);
  stream.addEventListener("swap", (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) swap(id, html);
    document.dispatchEvent(new CustomEvent("swapped"));
  });
  addEventListener("pagehide", () => stream.close());
}

function swap(id, html) {
  const place = document.getElementById(id);
  if (!place) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (text(place) === text(fresh.content)) return;
  const known = new Set([...place.querySelectorAll("li, tr, .said")].map(text));
  const opened = [...place.querySelectorAll("details")].map((found) => found.open);
  const focused = place.contains(document.activeElement) ? where(place, document.activeElement) : null;
  const kept = keep(place);
  place.replaceChildren(fresh.content);
  [...place.querySelectorAll("details")].forEach((found, index) => { found.open ||= Boolean(opened[index]); });
  for (const item of place.querySelectorAll("li, tr, .said")) item.classList.toggle("arrived", !known.has(text(item)));
  for (const [name, value] of kept) {
    const field = place.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  if (focused !== null) place.querySelectorAll("a, button, input, summary")[focused]?.focus({ preventScroll: true });
}

/** The words of a piece, without the ages, which change all the time. */
function text(node) {
  const copy = node.cloneNode(true);
  for (const found of copy.querySelectorAll("[data-age]")) found.remove();
  return copy.textContent.replace(/\s+/g, " ");
}

function where(place, element) {
  const found = [...place.querySelectorAll("a, button, input, summary")].indexOf(element);
  return found < 0 ? null : found;
}

/** What somebody is just typing into a piece that is replaced. */
function keep(place) {
  return [...place.querySelectorAll("input:not([type=hidden]), textarea")].filter((field) => field.value).map((field) => [field.name, field.value]);
}
