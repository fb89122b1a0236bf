// Pointer, keys, print, and the beginning.

/** The event whose sign or arrow is nearest to a point of the canvas, within reach; -1 for none. */
function eventAt(x, y) {
  const [px, py] = [x + main.left, y - main.heads + main.top];
  let best = -1;
  let nearest = 9;
  for (const target of targets) {
    const { x1, y1, x2, y2 } = target;
    const square = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const part = square === 0 ? 0 : Math.max(0, Math.min(1, ((px - x1) * (x2 - x1) + (py - y1) * (y2 - y1)) / square));
    const distance = Math.hypot(px - x1 - part * (x2 - x1), py - y1 - part * (y2 - y1)) - (square === 0 ? 3 : 0);
    if (distance >= nearest) continue;
    nearest = distance;
    best = target.end >= 0 && shown[target.end] && (part > 0.6 || !shown[target.i]) ? target.end : target.i;
  }
  return best;
}

function isInput(target) {
  return target instanceof HTMLElement && (target.matches("input, select, textarea") || target.isContentEditable);
}

function moveBy(step) {
  if (order.length === 0) return;
  const at = chosen.event < 0 ? (step > 0 ? -1 : order.length) : places[chosen.event];
  choose(order[Math.max(0, Math.min(order.length - 1, at + step))]);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  if (event.key === "Escape") {
    if (isInput(event.target) || document.activeElement !== canvas) canvas.focus();
    else choose(-1);
    return;
  }
  if (isInput(event.target)) return;
  const onControl = event.target instanceof HTMLElement && event.target.closest("button, summary, a, pre") !== null;
  const body = main.height - main.heads;
  const actions = {
    "/": () => { element("search").focus(); element("search").select(); },
    "?": () => element("help").showModal(),
    j: () => moveBy(1), k: () => moveBy(-1),
    c: () => { if (chosen.event >= 0 && cause[chosen.event] >= 0) choose(cause[chosen.event]); else say("No cause is recorded."); },
    e: () => { if (chosen.event >= 0 && firstEffect[chosen.event] >= 0) choose(firstEffect[chosen.event]); else say("It led to nothing that is recorded."); },
    n: () => goToFinding(1), p: () => goToFinding(-1),
    "+": () => zoomTo(main.zoom * 1.4), "=": () => zoomTo(main.zoom * 1.4), "-": () => zoomTo(main.zoom / 1.4),
    0: () => zoomTo(0), 1: () => zoomTo(1), "[": () => widenLanes(1 / 1.25), "]": () => widenLanes(1.25),
    s: () => setQuiet(!isQuietShortened), t: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
  };
  // These belong to whatever has the focus, so they mean events only in the diagram and the list.
  const moves = {
    ArrowDown: () => moveBy(1), ArrowUp: () => moveBy(-1), Home: () => moveBy(-count), End: () => moveBy(count),
    ArrowLeft: () => pan(-main.pitch, 0), ArrowRight: () => pan(main.pitch, 0),
    PageDown: () => pan(0, body * 0.9), PageUp: () => pan(0, -body * 0.9),
    Enter: () => { if (chosen.event >= 0) element("details").focus(); },
  };
  const action = actions[event.key] ?? (onControl || event.target === element("details") ? undefined : moves[event.key]);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function onWheel(event) {
  event.preventDefault();
  const scale = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? main.height : 1;
  const [x, y] = [event.offsetX, event.offsetY - main.heads];
  if (event.ctrlKey || event.metaKey || x < 84) zoomTo(main.zoom * 1.0018 ** (-event.deltaY * scale), Math.max(0, y));
  else if (event.shiftKey && event.deltaX === 0) pan(event.deltaY * scale, 0);
  else pan(event.deltaX * scale, event.deltaY * scale);
}

let drag = null;

function onPress(event) {
  if (event.button !== 0) return;
  canvas.focus();
  canvas.setPointerCapture(event.pointerId);
  const isStrip = event.offsetX > main.width - main.strip;
  drag = { x: event.offsetX, y: event.offsetY, moved: 0, isStrip };
  if (isStrip) goInStrip(event.offsetY);
}

function goInStrip(y) {
  const body = main.height - main.heads;
  main.top = (y - main.heads) / body * heightOfAll(main) - body / 2;
  clampView();
  redraw();
}

function onMove(event) {
  const tip = element("tip");
  if (drag !== null) {
    tip.hidden = true;
    if (drag.isStrip) {
      goInStrip(event.offsetY);
      return;
    }
    const [x, y] = [drag.x - event.offsetX, drag.y - event.offsetY];
    drag.moved += Math.abs(x) + Math.abs(y);
    if (drag.moved > 4) pan(x, y);
    drag.x = event.offsetX;
    drag.y = event.offsetY;
    return;
  }
  const i = event.offsetY > main.heads && event.offsetX < main.width - main.strip ? eventAt(event.offsetX, event.offsetY) : -1;
  const lane = event.offsetY <= main.heads ? laneAt(event.offsetX) : null;
  canvas.style.cursor = i >= 0 ? "pointer" : "default";
  tip.hidden = i < 0 && lane === null;
  if (tip.hidden) return;
  tip.textContent = i >= 0 ? `${formatTime(time[i])}  ${sentence(i)}` : lane.name;
  tip.style.left = `${Math.min(event.offsetX + 14, main.width - 300)}px`;
  tip.style.top = `${event.offsetY + 16}px`;
}

function laneAt(x) {
  let best = null;
  lanes.forEach((lane, i) => {
    const distance = Math.abs(main.x[i] - main.left - x);
    if (distance < Math.max(10, main.pitch * 0.35) && (best === null || distance < best.distance)) best = { distance, lane };
  });
  return best === null ? null : best.lane;
}

function onRelease(event) {
  const isClick = drag !== null && drag.moved <= 4 && !drag.isStrip;
  drag = null;
  if (isClick && event.offsetY > main.heads) choose(eventAt(event.offsetX, event.offsetY));
}

const PrintEventsMax = 3000;
const PrintPicturesMax = 30;

/** Draws the whole diagram as pictures a page high, and the events as a table. */
function preparePrint() {
  const place = element("print");
  const theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  readColours();
  const view = { ...main, x: [], width: 1000, height: 1240, strip: 0, left: 0, top: 0, zoom: 1, laneScale: 1, isPrint: true };
  arrange(view);
  const body = view.height - view.heads;
  view.zoom = Math.min(1, PrintPicturesMax * body / heightOfAll(view));
  const fullWidth = view.width;
  view.width = Math.max(fullWidth, view.total);
  const parts = [];
  for (view.top = 0; view.top < heightOfAll(view); view.top += body) {
    const page = document.createElement("canvas");
    const rest = Math.min(body, heightOfAll(view) - view.top);
    page.width = view.width * 2;
    page.height = (view.heads + rest) * 2;
    view.context = page.getContext("2d");
    view.context.scale(2, 2);
    draw({ ...view, height: view.heads + rest });
    const picture = new Image();
    picture.src = page.toDataURL();
    parts.push(picture);
  }
  document.documentElement.dataset.theme = theme;
  readColours();

  const table = make("table");
  const head = make("tr");
  head.append(make("th", "", "#"), make("th", "", "Time"), make("th", "", "Event"));
  table.append(make("thead"), make("tbody"));
  table.firstChild.append(head);
  for (const i of order.slice(0, PrintEventsMax)) {
    const row = make("tr");
    row.append(make("td", "", String(i + 1)), make("td", "", formatTime(time[i])), make("td", "", sentence(i)));
    table.lastChild.append(row);
  }
  parts.push(table);
  if (order.length > PrintEventsMax) parts.push(make("p", "", `The first ${PrintEventsMax} of ${order.length} events; a filter chooses others.`));
  place.replaceChildren(...parts);
}

function start() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  setTheme(wanted.get("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  showRun();
  showFindings();
  fillFilters();
  new ResizeObserver(resize).observe(canvas);
  const box = canvas.getBoundingClientRect();
  main.width = box.width;
  main.height = box.height;
  applyFilters();
  resize();
  zoomTo(1);
  main.top = 0;
  const event = Number(wanted.get("event") ?? NaN);
  if (Number.isInteger(event) && event >= 0 && event < count) choose(event, false);

  canvas.addEventListener("wheel", onWheel, { passive: false });
  canvas.addEventListener("pointerdown", onPress);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", onRelease);
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointerleave", () => { element("tip").hidden = true; });
  document.addEventListener("keydown", onKey);
  list.addEventListener("scroll", renderRows);
  new ResizeObserver(renderRows).observe(list);
  const onClick = (id, action) => element(id).addEventListener("click", action);
  onClick("zoom-in", () => zoomTo(main.zoom * 1.4));
  onClick("zoom-out", () => zoomTo(main.zoom / 1.4));
  onClick("zoom-fit", () => zoomTo(0));
  onClick("zoom-one", () => zoomTo(1));
  onClick("quiet", () => setQuiet(!isQuietShortened));
  onClick("theme", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  onClick("help-open", () => element("help").showModal());
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("afterprint", () => element("print").replaceChildren());

  // What programs that steer the page need to know and can't read from the elements.
  window.orreryReport = {
    get state() {
      return { event: chosen.event, chain: [...chosen.chain].sort((a, b) => a - b), zoom: main.zoom, top: main.top, shown: order.length, count,
        lanes: lanes.map(lane => lane.name), isQuietShortened };
    },
    sentence,
    choose,
    /** Where on the page an event's sign, or its end of the arrow, stands. */
    pointOf(i) {
      const box = canvas.getBoundingClientRect();
      return { x: box.left + (laneOf[data.n[i]] < 0 ? 100 : main.x[laneOf[data.n[i]]] - main.left), y: box.top + main.heads + rowOf(i, main) - main.top };
    },
    /** How long drawing takes, in milliseconds, without the browser's own work. */
    timeToDraw() {
      const begun = performance.now();
      draw(main);
      return performance.now() - begun;
    },
  };
}

start();
