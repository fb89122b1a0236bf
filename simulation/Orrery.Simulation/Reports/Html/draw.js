// Draws the diagram into a view's canvas: what lies below first.

const Small = "11px system-ui, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const Bold = "600 " + Small;
const Heading = "600 12px system-ui, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
let targets = []; // what a pointer can meet: segments of the last picture, with their event

let seen = { top: -40, bottom: 40 }; // the heights that the picture shows

function draw(view) {
  const { context, width, height } = view;
  if (height <= view.heads) return;
  seen = { top: view.top - 40, bottom: view.top + height };
  context.save();
  context.fillStyle = colours.back;
  context.fillRect(0, 0, width, height);
  view.taken = new Map();
  view.isDense = isQuietShortened ? view.zoom < 0.3 : order.length / Math.max(1, heightOfAll(view)) > 0.15;
  if (!view.isPrint) targets = [];

  const room = width - view.strip;
  context.save();
  context.beginPath();
  context.rect(0, view.heads, room, height - view.heads);
  context.clip();
  context.translate(0, view.heads - view.top);
  drawQuiet(view, room);
  context.translate(-view.left, 0);
  drawLanes(view);
  drawSpans(view);
  drawArrows(view);
  drawMarks(view);
  context.restore();
  drawAxis(view);
  drawHeads(view, room);
  if (view.strip > 0) drawStrip(view);
  context.restore();
  seen = { top: -40, bottom: 40 };
}

/** Whether heights from..to are in the picture. */
function isSeen(view, from, to) {
  return to >= view.top - 30 && from <= view.top + view.height - view.heads + 30;
}

const Cell = 5;

/** Goes over the cells of a slanted strip: so long, and from one distance above its line to another. */
function cellsOf(x, y, length, angle, above, below) {
  const cells = [];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let across = -above; across <= below; across += Cell - 1) {
    for (let along = 0; along <= length; along += Cell) {
      const column = Math.floor((x + cos * along - sin * across) / Cell);
      const row = Math.floor((y + sin * along + cos * across) / Cell);
      cells.push(column * 1e6 + row);
    }
  }
  return cells;
}

/** Takes the room of a line of text with its baseline at a point, if no other text, and no line but its own, has it. */
function claim(view, x, y, length, angle, owner = -1, isStrict = true) {
  const cells = cellsOf(x, y, length, angle, 10, 1);
  for (const cell of cells) {
    const holder = view.taken.get(cell);
    if (holder !== undefined && (holder === Text || (isStrict && holder !== owner))) return false;
  }
  for (const cell of cells) view.taken.set(cell, Text);
  return true;
}

const Text = -2; // holds a cell for good, where a line's event only asks for it

/** Notes where a line runs, so that labels keep off it. */
function occupy(view, x1, y1, x2, y2, owner) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  for (const cell of cellsOf(x1, y1, length, Math.atan2(y2 - y1, x2 - x1), 0, 0)) {
    if (!view.taken.has(cell)) view.taken.set(cell, owner);
  }
}

/** Text with a rim of the background, so that lines below don't disturb it. */
function text(context, words, x, y, colour) {
  context.lineWidth = 3.5;
  context.lineJoin = "round";
  context.strokeStyle = colours.back;
  context.strokeText(words, x, y);
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

function fit(context, words, width) {
  if (context.measureText(words).width <= width) return words;
  let end = Math.min(words.length, Math.ceil(width / 3));
  while (end > 1 && context.measureText(words.slice(0, end) + "\u2026").width > width) end--;
  return end > 1 ? words.slice(0, end) + "\u2026" : "";
}

function drawQuiet(view, room) {
  const { context } = view;
  if (!isQuietShortened) return;
  for (const { from, to } of shape.breaks) {
    const [top, bottom] = [from * view.zoom, to * view.zoom];
    if (!isSeen(view, top, bottom)) continue;
    context.fillStyle = colours.quiet;
    context.fillRect(0, top + 2, room, bottom - top - 4);
  }
}

function drawLanes(view) {
  const { context } = view;
  const end = heightOf(shape.last, view);
  lanes.forEach((lane, i) => {
    context.strokeStyle = colours.lane;
    context.lineWidth = lane.kind === NodeKind.Broker ? 2 : 1;
    context.globalAlpha = lane.kind === NodeKind.Link ? 0.55 : 1;
    context.setLineDash(lane.kind === NodeKind.Link ? [1, 4] : []);
    line(context, view.x[i], Math.max(view.top - 5, 0), view.x[i], Math.min(end, view.top + view.height));
  });
  context.globalAlpha = 1;
  context.setLineDash([]);
  const y = end;
  context.strokeStyle = colours.lane;
  context.setLineDash([6, 4]);
  line(context, 0, y, view.total, y);
  context.setLineDash([]);
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function spanHeights(span, view) {
  const from = rowOf(span.from, view);
  const to = span.to >= 0 && shown[span.to] ? rowOf(span.to, view) : heightOf(Math.min(span.end, shape.last), view);
  return [from, Math.max(to, from + 2)];
}

/** The lane of a span's link: connections are drawn there, the client's view at the client's side. */
function linkLane(span) {
  if (nodes[span.node].kind === NodeKind.Link) return laneOf[span.node];
  const link = linkAt[span.from];
  return link < 0 ? -1 : laneOf[link];
}

function drawSpans(view) {
  const { context } = view;
  for (const span of spans) {
    if (!shown[span.from] && span.kind !== Span.ClientOpen && span.kind !== Span.BrokerOpen && span.kind !== Span.Fault) continue;
    const [from, to] = spanHeights(span, view);
    if (!isSeen(view, from, to)) continue;
    const onLink = span.kind <= Span.HalfOpen || span.kind === Span.Silence || span.kind === Span.Held;
    const at = onLink ? linkLane(span) : laneOf[span.node];
    if (at < 0) continue;
    const x = view.x[at];
    const { half } = view;
    const inner = lanes[at].side < 0 ? 1 : -1; // towards the broker
    switch (span.kind) {
      case Span.Opening:
        context.strokeStyle = colours.open;
        context.setLineDash([2, 3]);
        context.lineWidth = 2;
        line(context, x - inner * half, from, x - inner * half, to);
        context.setLineDash([]);
        numberLabel(view, span.connection, x, from);
        break;
      case Span.ClientOpen: bar(view, x - inner * half, from, to, colours.open); break;
      case Span.BrokerOpen: bar(view, x + inner * half, from, to, colours.open); break;
      case Span.HalfOpen:
        hatch(context, x - half, from, 2 * half, to - from, colours.half);
        spanLabel(view, "half-open", at, from, to, colours.lost);
        break;
      case Span.Fault:
        if (lanes[at].kind === NodeKind.Link || lanes[at].kind === NodeKind.Broker) {
          const wide = half * 2.3;
          context.fillStyle = colours["fault-back"];
          context.fillRect(x - wide, from, 2 * wide, to - from);
          context.strokeStyle = colours.fault;
          context.lineWidth = 1.5;
          line(context, x - wide, from, x + wide, from);
          if (span.to >= 0) line(context, x - wide, to, x + wide, to);
          spanLabel(view, `fault: ${span.text.replaceAll("_", " ")}`, at, from, to, colours.fault, wide);
        }
        break;
      case Span.Down:
      case Span.Paused: {
        const colour = span.kind === Span.Down ? "down" : "pause";
        context.fillStyle = colours[`${colour}-back`];
        context.fillRect(x - 16, from, 32, to - from);
        hatch(context, x - 16, from, 32, to - from, span.kind === Span.Down ? colours.lost : colours.pause);
        spanLabel(view, span.kind === Span.Down ? "down" : "paused", at, from, to, span.kind === Span.Down ? colours.lost : colours.pause);
        break;
      }
      case Span.Silence: drawSilence(view, span, at, x + inner * (half + 7), inner, from, to); break;
      case Span.Held: hatch(context, x - half, from, 2 * half, to - from, colours.fault); break;
    }
  }
}

function bar({ context, half }, x, from, to, colour) {
  const width = Math.max(2, Math.min(4, half * 0.6));
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * (half < 6 ? 0.55 : 1); // many lanes: the packets matter more
  context.fillStyle = colour;
  context.fillRect(x - width / 2, from, width, to - from);
  context.globalAlpha = alpha;
}

/** Which of the client's connections begins here. */
function numberLabel(view, connection, x, y) {
  const { context } = view;
  const words = connection.slice(connection.lastIndexOf("#"));
  if (view.isDense || view.pitch < 60 || words.length > 6) return;
  context.font = Small;
  const width = context.measureText(words).width;
  if (claim(view, x - width / 2, y + 12, width, 0)) text(context, words, x - width / 2, y + 12, colours.muted);
}

function hatch(context, x, y, width, height, colour) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha *= 0.6;
  context.beginPath();
  const from = Math.max(y, seen.top);
  const to = Math.min(y + height, seen.bottom);
  for (let at = from - width - ((from - y) % 6); at < to; at += 6) {
    context.moveTo(x, at + width);
    context.lineTo(x + width, at);
  }
  context.stroke();
  context.restore();
}

/** What a span is, along its lane, if it is high enough; at the side that looks away from the broker, or so far from the middle. */
function spanLabel(view, words, at, from, to, colour, aside = 0) {
  const { context } = view;
  const top = Math.max(from, view.top);
  const bottom = Math.min(to, view.top + view.height - view.heads);
  context.font = Bold;
  const length = context.measureText(words).width;
  if (bottom - top < length + 10) return;
  const side = lanes[at].side < 0 ? -1 : 1;
  if (view.pitch < 24) return;
  context.save();
  context.translate(view.x[at] + (aside === 0 ? 4 : side < 0 ? -aside - 4 : aside + 12), Math.min((top + bottom) / 2 + length / 2, bottom - 4));
  context.rotate(-Math.PI / 2);
  text(context, words, 0, 0, colour);
  context.restore();
}

/** From the last packet to the deadline of keep-alive, and a flag where it was reached. */
function drawSilence(view, span, at, x, inner, from, to) {
  const { context } = view;
  context.strokeStyle = colours.deadline;
  context.lineWidth = 1.5;
  const top = from + Math.max(0, Math.floor((seen.top - from) / 6)) * 6; // the dashes stay where they are while the view moves
  if (!view.isDense) context.setLineDash([3, 3]);
  line(context, x, top, x, Math.min(to, seen.bottom));
  context.setLineDash([]);
  line(context, x - 4, from, x + 4, from);
  if (span.to >= 0) return;
  const flag = Math.min(9, view.half * 1.5);
  context.lineWidth = 2;
  line(context, x - flag, to, x + flag, to);
  if (view.isDense) return;
  context.font = Bold;
  const next = view.x[at + inner];
  const words = ["keep-alive deadline", "deadline"].find(label => next === undefined || context.measureText(label).width < Math.abs(next - x) - 24);
  if (words === undefined) return;
  const width = context.measureText(words).width;
  context.textAlign = inner > 0 ? "left" : "right";
  const start = inner > 0 ? x + 12 : x - 12;
  if (claim(view, inner > 0 ? start : start - width, to + 4, width, 0)) text(context, words, start, to + 4, colours.deadline);
  context.textAlign = "left";
}

function colourOf(i) {
  return data.w[i] < 0 ? colours.muted : colours[typeColours[packets[data.w[i]].type]];
}

function fade(i) {
  return chosen.event < 0 || i === chosen.event || chosen.chain.has(i) ? 1 : 0.36;
}

function isLit(i) {
  return i === chosen.event || chosen.chain.has(i);
}

function drawArrows(view) {
  const { context } = view;
  const later = [];
  const plain = new Map(); // by colour, where there are too many to draw one by one
  for (const i of order) {
    const sent = data.k[i] === Kind.Sent ? i : data.k[i] === Kind.Received && cause[i] >= 0 && !shown[cause[i]] ? cause[i] : -1;
    if (sent < 0) continue;
    const y = rowOf(i, view);
    if (y > seen.bottom + 30) break; // rows only go down
    const end = received[sent];
    if (y >= seen.top || (end >= 0 && heightOf(time[end], view) >= seen.top)) drawArrow(view, sent, later, plain);
  }
  for (const [colour, ways] of plain) {
    context.strokeStyle = colour;
    context.globalAlpha = chosen.event < 0 ? 0.6 : 0.3;
    context.lineWidth = 0.8;
    context.beginPath();
    for (const way of ways) way.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
  }
  for (const { i, way } of later) for (let k = 1; k < way.length; k++) occupy(view, ...way[k - 1], ...way[k], i);
  for (const job of later.sort((a, b) => b.rank - a.rank || a.i - b.i)) arrowLabel(view, job);
  context.globalAlpha = 1;
}

/** The way of a packet as points: straight, but along its link while it is held there. */
function wayOf(view, i) {
  const from = laneOf[data.n[i]];
  const to = laneOf[data.p[i]];
  if (from < 0 || to < 0) return null;
  const link = linkAt[i];
  const linkX = link >= 0 && laneOf[link] >= 0 ? view.x[laneOf[link]] : (view.x[from] + view.x[to]) / 2;
  const x1 = view.x[from];
  const y1 = shown[i] ? rowOf(i, view) : heightOf(time[i], view);
  const end = received[i];
  if (end < 0) return [[x1, y1], [linkX, y1 + Math.min(16, Math.max(2, 16 * view.zoom))]];
  const y2 = shown[end] ? rowOf(end, view) : heightOf(time[end], view);
  const x2 = view.x[to];
  const isHeld = time[end] - time[i] > 0 && heldOn.get(link)?.some(span => span.start < time[end] && span.end > time[i] && (span.end <= time[end] || span.start >= time[i]));
  if (!isHeld || y2 - y1 < 34) return [[x1, y1], [x2, y2]];
  return [[x1, y1], [linkX, y1 + 12], [linkX, y2 - 12], [x2, y2]];
}

const heldOn = new Map();
for (const span of spans) {
  if (span.kind !== Span.Fault && span.kind !== Span.Held) continue;
  if (!heldOn.has(span.node)) heldOn.set(span.node, []);
  heldOn.get(span.node).push(span);
}

function drawArrow(view, i, later, plain) {
  const { context } = view;
  const way = wayOf(view, i);
  if (way === null) return;
  const [x1, y1] = way[0];
  const [x2, y2] = way[way.length - 1];
  if (!isSeen(view, Math.min(y1, y2), Math.max(y1, y2))) return;
  const end = received[i];
  const lit = isLit(i) || (end >= 0 && isLit(end));
  const isFound = found[i] || (end >= 0 && found[end]);
  const colour = colourOf(i);
  if (!view.isPrint) {
    for (let k = 1; k < way.length; k++) targets.push({ i, end, x1: way[k - 1][0], y1: way[k - 1][1], x2: way[k][0], y2: way[k][1] });
  }
  if (view.isDense && !lit && !isFound && end >= 0) {
    if (!plain.has(colour)) plain.set(colour, []);
    plain.get(colour).push(way);
    return;
  }
  context.globalAlpha = Math.max(fade(i), end >= 0 ? fade(end) : 0);
  if (isFound) {
    context.strokeStyle = colours.lost;
    context.lineWidth = 7;
    const alpha = context.globalAlpha;
    context.globalAlpha = alpha * 0.25;
    trace(context, way);
    context.globalAlpha = alpha;
  }
  context.strokeStyle = colour;
  context.lineWidth = lit && chosen.event >= 0 ? 2.6 : view.isDense ? 1 : 1.4;
  context.setLineDash(fate[i] === Fate.Arrived ? [] : [5, 3]);
  trace(context, way);
  context.setLineDash([]);
  const { isDense } = view;
  const [xb, yb] = way[way.length - 2];
  const angle = Math.atan2(y2 - yb, x2 - xb);
  if (end >= 0) {
    if (!isDense || lit) head(context, x2, y2, angle, colour);
  } else if (fate[i] === Fate.Lost) {
    cross(context, x2, y2, isDense ? 3 : 5);
  } else {
    ring(context, x2, y2, colour);
  }
  if (!isDense || lit || isFound) later.push({ i, end, way, rank: (lit ? 4 : 0) + (isFound ? 2 : 0) + (packets[data.w[i]]?.type === 3 ? 1 : 0), alpha: context.globalAlpha });
}

function trace(context, points) {
  context.beginPath();
  points.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
}

function head(context, x, y, angle, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 9 * Math.cos(angle - 0.38), y - 9 * Math.sin(angle - 0.38));
  context.lineTo(x - 9 * Math.cos(angle + 0.38), y - 9 * Math.sin(angle + 0.38));
  context.fill();
}

function cross(context, x, y, size) {
  context.strokeStyle = colours.lost;
  context.lineWidth = 2.6;
  line(context, x - size, y - size, x + size, y + size);
  line(context, x - size, y + size, x + size, y - size);
}

function ring(context, x, y, colour) {
  context.strokeStyle = colour;
  context.fillStyle = colours.back;
  context.lineWidth = 1.6;
  context.beginPath();
  context.arc(x, y, 4, 0, 7);
  context.fill();
  context.stroke();
}

/** What the packet is, along the arrow near its sender; shorter, or nothing, where there is no room. */
function arrowLabel(view, { i, way, alpha }) {
  const packet = packetOf(i);
  if (packet === null || (alpha < 1 && view.pitch < 40)) return;
  const { context } = view;
  const [[x1, y1], [x2, y2]] = way;
  const length = Math.hypot(x2 - x1, y2 - y1);
  const isLeft = x2 < x1;
  const angle = Math.atan2(isLeft ? y1 - y2 : y2 - y1, Math.abs(x2 - x1));
  if (Math.abs(angle) > 1.25) return;
  context.font = Small;
  const room = length - 34;
  const words = packetLabels(packet).find(label => context.measureText(label).width <= room);
  if (words === undefined) return;
  const width = context.measureText(words).width;
  const unit = [(x2 - x1) / length, (y2 - y1) / length];
  // Near the sender, in the middle, near the receiver, above the line or below: the first place that is free of texts and
  // of other lines, or else of texts.
  const middle = Math.max(16, (length - width) / 2);
  const places = [16, middle, Math.max(16, length - width - 20)].flatMap(at => [[at, -4], [at, 12]]);
  for (const isStrict of [true, false]) {
    for (const [at, offset] of places) {
      const begin = isLeft ? at + width : at;
      const x = x1 + unit[0] * begin - Math.sin(angle) * offset;
      const y = y1 + unit[1] * begin + Math.cos(angle) * offset;
      if (!claim(view, x, y, width, angle, i, isStrict)) continue;
      context.save();
      context.globalAlpha = alpha;
      context.translate(x, y);
      context.rotate(angle);
      text(context, words, 0, 0, colourOf(i));
      context.restore();
      return;
    }
  }
}
