// What the desk types is looked at after a short pause; the answer is a piece of the page, made and escaped by the server.

const PAUSE = 350;

/** Keeps the suggestions beside a form fresh. Nothing is taken up by it. */
export function assist(form) {
  const place = document.getElementById("seen");
  let timer = 0;
  let asked = new AbortController();
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.assist, { method: "POST", body, signal: asked.signal });
      if (answer.ok) show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") place.setAttribute("data-stale", "");
    }
  };
  const show = (html) => {
    place.removeAttribute("data-stale");
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const kept = focused && [focused.id, focused.value];
    place.innerHTML = html;
    if (kept === null) return;
    const field = document.getElementById(kept[0]);
    if (!field) return;
    field.value = kept[1];
    field.focus({ preventScroll: true });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}
