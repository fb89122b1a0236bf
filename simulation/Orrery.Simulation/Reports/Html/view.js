// What part of the diagram is looked at, and what is chosen.

const canvas = element("canvas");
const main = {
  context: canvas.getContext("2d"), width: 0, height: 0, zoom: 1, top: 0, left: 0, laneScale: 1, x: [], pitch: 100, total: 0, linearHeight: 600,
  heads: 34, strip: 46, isPrint: false,
};
const chosen = { event: -1, chain: new Set(), finding: -1 };
let isDrawn = true;
let colours = {};

/** Draws before the next picture of the screen, however often it is called. */
function redraw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    draw(main);
  });
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  colours = new Proxy({}, { get: (cache, name) => (cache[name] ??= style.getPropertyValue(`--${name}`).trim()) });
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  element("theme").textContent = theme === "dark" ? "Light" : "Dark";
  readColours();
  drawLegend();
  if (main.width > 0) {
    renderRows();
    redraw();
  }
}

function resize() {
  const box = canvas.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return; // hidden, as it is on paper
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(box.width * ratio));
  canvas.height = Math.max(1, Math.round(box.height * ratio));
  main.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  main.width = box.width;
  main.height = box.height;
  arrange(main);
  clampView();
  redraw();
}

/** Places the lanes of a view, and decides how high their names stand. */
function arrange(view) {
  const { pitch, total } = placeLanes(view.x, view.width - view.strip, view.laneScale);
  view.pitch = pitch;
  view.total = total;
  const longest = lanes.reduce((most, lane) => (lane.kind === NodeKind.Link ? most : Math.max(most, lane.name.length)), 4);
  view.areNamesUpright = pitch >= Math.min(150, longest * 7.5 + 12);
  view.half = Math.max(2.5, Math.min(13, pitch * 0.22)); // from a link's middle to either end's bar
  view.heads = view.areNamesUpright ? 46 : Math.min(130, 26 + longest * 6);
  view.linearHeight = Math.max(200, view.height - view.heads);
}

function clampView() {
  const body = main.height - main.heads;
  main.top = Math.max(0, Math.min(main.top, heightOfAll(main) - body));
  main.left = Math.max(0, Math.min(main.left, main.total - (main.width - main.strip)));
}

function pan(x, y) {
  main.left += x;
  main.top += y;
  clampView();
  redraw();
}

/** The zoom at which the whole run fits. */
function zoomOfAll() {
  return isQuietShortened ? Math.min(1, (main.height - main.heads) / shape.height) : 1;
}

function zoomTo(zoom, at = (main.height - main.heads) / 2) {
  const moment = momentAt(main.top + at, main);
  const most = isQuietShortened ? 6 : Math.max(1, (shape.last - shape.first) / main.linearHeight / 100); // to 100 ns a pixel
  main.zoom = Math.max(zoomOfAll(), Math.min(most, zoom));
  main.top = heightOf(moment, main) - at;
  clampView();
  redraw();
}

function widenLanes(factor) {
  main.laneScale = Math.max(0.5, Math.min(6, main.laneScale * factor));
  arrange(main);
  clampView();
  redraw();
}

function setQuiet(isShortened) {
  const at = chosen.event;
  isQuietShortened = isShortened;
  element("quiet").setAttribute("aria-pressed", String(isShortened));
  main.zoom = isShortened ? Math.max(zoomOfAll(), Math.min(1, main.zoom)) : 1;
  if (at >= 0) reveal(at);
  clampView();
  redraw();
  say(isShortened ? "Quiet time is shortened." : "Time is to scale.");
}

/** Moves the view so that an event is in it. */
function reveal(i) {
  const body = main.height - main.heads;
  const y = rowOf(i, main);
  if (y < main.top + 30 || y > main.top + body - 40) main.top = y - body * 0.4;
  const lane = laneOf[data.n[i]];
  if (lane >= 0) {
    const room = main.width - main.strip;
    const x = main.x[lane];
    if (x < main.left + 120 || x > main.left + room - 30) main.left = x - room / 2;
  }
  clampView();
}

/** Chooses an event, and what led to it and came of it; -1 chooses none. */
function choose(i, says = true) {
  chosen.event = i;
  chosen.chain = new Set(i < 0 ? [] : [...causesOf(i), ...effectsOf(i, 2000)]);
  if (i >= 0) {
    if (!shown[i]) clearFilters();
    reveal(i);
    remember(`#event=${i}`);
    if (says) say(`Event ${i + 1} of ${count}, ${formatTime(time[i])}: ${sentence(i)}`);
  } else {
    remember("#");
  }
  showDetails(i);
  revealRow(i);
  redraw();
}

/** Lets the address lead back to what is chosen, where the page has an address: a preview in a frame may refuse. */
function remember(fragment) {
  try {
    history.replaceState(null, "", fragment);
  } catch {
    // The page does the same without.
  }
}

function say(text) {
  element("say").textContent = text;
}
