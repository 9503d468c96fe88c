// Pan and zoom of the map by changing its view box: wheel with Ctrl, drag, buttons, keys + - 0 and arrows.

export function roam(map, buttons) {
  const all = map.viewBox.baseVal;
  const whole = { x: all.x, y: all.y, width: all.width, height: all.height };
  let view = { ...whole };
  const wide = matchMedia("(min-width: 56rem)").matches;
  if (wide) map.classList.add("roams");
  if (buttons) buttons.hidden = !wide;
  if (!wide) return;

  const show = () => map.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const zoom = (by, at) => {
    if (!by) view = { ...whole };
    else {
      const width = Math.min(Math.max(view.width * by, whole.width / 6), whole.width * 1.5), height = view.height * (width / view.width);
      const point = at ?? { x: view.x + view.width / 2, y: view.y + view.height / 2 };
      view = { x: point.x - (point.x - view.x) * (width / view.width), y: point.y - (point.y - view.y) * (height / view.height), width, height };
    }
    show();
  };
  const here = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());

  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, here(event));
  }, { passive: false });

  let from = null, moved = false;
  map.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY }; moved = false; });
  map.addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1) return;
    const scale = 1 / map.getScreenCTM().a, dx = event.clientX - from.x, dy = event.clientY - from.y;
    if (!moved && Math.hypot(dx, dy) < 5) return;
    if (!moved) map.setPointerCapture(event.pointerId);
    moved = true;
    map.classList.add("held");
    view = { ...view, x: view.x - dx * scale, y: view.y - dy * scale };
    from = { x: event.clientX, y: event.clientY };
    show();
  });
  map.addEventListener("pointerup", () => { from = null; map.classList.remove("held"); });
  map.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
  map.addEventListener("dragstart", (event) => event.preventDefault());

  map.parentElement.addEventListener("keydown", (event) => {
    const step = view.width / 12;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.target !== map.parentElement) return;
    if (event.key in moves) { view = { ...view, x: view.x + moves[event.key][0], y: view.y + moves[event.key][1] }; show(); }
    else if (event.key === "+") zoom(0.8);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "0") zoom(0);
    else return;
    event.preventDefault();
  });
  buttons?.addEventListener("click", (event) => {
    const by = event.target.closest("[data-zoom-by]");
    if (by) zoom(Number(by.dataset.zoomBy));
  });
}
