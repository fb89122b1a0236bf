// Draws what happens at one place, the times, the names of the lanes, the strip of the whole run, and the legend.

const markShapes = {
  [Kind.Step]: ["diamond", "muted"], [Kind.Malformed]: ["warning", "lost"], [Kind.Delivered]: ["disc", "good"], [Kind.Decision]: ["dot", "muted"],
  [Kind.Timer]: ["clock", "deadline"], [Kind.Started]: ["up", "good"], [Kind.ProcessEnded]: ["block", "lost"], [Kind.Paused]: ["bars", "pause"],
  [Kind.Resumed]: ["up", "pause"], [Kind.Clock]: ["clock", "pause"], [Kind.FaultStarted]: ["bolt", "fault"], [Kind.FaultEnded]: ["bolt", "fault"],
  [Kind.Held]: ["hour", "fault"], [Kind.DiskSubmitted]: ["square", "muted"], [Kind.DiskDone]: ["disc", "muted"], [Kind.Phase]: ["diamond", "accent"],
  [Kind.Requested]: ["dot", "open"], [Kind.Opened]: ["dot", "open"], [Kind.Accepted]: ["dot", "open"], [Kind.Ended]: ["stop", "muted"],
};

/** What a mark says beside its sign; longest first, empty for those whose sign is enough. */
function markLabels(i) {
  const name = texts[data.m[i]];
  const detail = texts[data.d[i]];
  const both = [name, detail].filter(words => words).join(": ");
  const packet = packetOf(i);
  switch (data.k[i]) {
    case Kind.Step: return [[name, detail].filter(words => words).join(" "), name];
    case Kind.Delivered: return packet ? [`gets ${packet.topic}`, "gets it"] : ["gets a message"];
    case Kind.Decision: return [detail || name, name];
    case Kind.Timer: return [`timer ${name}`, "timer"];
    case Kind.Started: return ["process starts"];
    case Kind.ProcessEnded: return [({ kill: "process killed", power_loss: "power lost", stop: "process stops" })[name] ?? name];
    case Kind.Paused: return ["paused"];
    case Kind.Resumed: return ["goes on"];
    case Kind.Clock: return [`clock changes: ${both}`, "clock changes"];
    case Kind.Malformed: return [`no packet: ${detail}`, "no packet"];
    case Kind.Held: return [`held: ${both}`, "held"];
    case Kind.FaultStarted: return nodes[data.n[i]].kind === NodeKind.Client || nodes[data.n[i]].kind === NodeKind.Script ? [`fault: ${both}`, name] : [];
    case Kind.FaultEnded: return [`${name.replaceAll("_", " ")} ends`];
    case Kind.DiskSubmitted: return [`disk: ${name}`];
    case Kind.DiskDone: return [`disk done: ${name}`];
    case Kind.Ended: return [`closed: ${detail || name}`, `closed: ${name}`, "closed"];
    default: return [];
  }
}

function drawMarks(view) {
  const { context } = view;
  const isDense = view.zoom < 0.22 && isQuietShortened;
  for (const i of order) {
    const kind = data.k[i];
    const y = rowOf(i, view);
    if (!isSeen(view, y, y)) continue;
    if (kind === Kind.Sent || kind === Kind.Received) {
      if (i === chosen.event) halo(view, i, y);
      continue;
    }
    const lane = laneOf[data.n[i]];
    const x = view.x[lane];
    context.globalAlpha = fade(i);
    if (kind === Kind.Phase) phaseLine(view, i, y);
    if (i === chosen.event || found[i]) halo(view, i, y);
    const [sign, colour] = markShapes[kind] ?? ["dot", "muted"];
    if (!isDense || sign !== "dot" || isLit(i)) drawSign(context, sign, x, y, colours[colour]);
    if (!view.isPrint) targets.push({ i, end: -1, x1: x, y1: y, x2: x, y2: y });
    if (!isDense || isLit(i)) markLabel(view, i, x, y, lane, colours[colour]);
  }
  context.globalAlpha = 1;
}

function markLabel(view, i, x, y, lane, colour) {
  const { context } = view;
  const labels = markLabels(i);
  if (labels.length === 0) return;
  context.font = data.k[i] === Kind.ProcessEnded || data.k[i] === Kind.Started ? Bold : Small;
  const outward = lanes[lane].side < 0 ? -1 : 1;
  const roomOf = side => {
    const next = lane + side;
    const edge = side < 0 ? (next < 0 ? view.left + 100 : view.x[next]) : (next >= lanes.length ? Math.max(view.total - 8, x) : view.x[next]);
    return Math.abs(edge - x) - 20;
  };
  for (const side of [outward, -outward]) {
    for (const label of labels) {
      const words = fit(context, label, roomOf(side));
      if (words === "" || (words !== label && label !== labels[labels.length - 1])) continue;
      const width = context.measureText(words).width;
      const start = side > 0 ? x + 10 : x - 10 - width;
      if (!claim(view, start, y, width, 0)) break;
      text(context, words, start, y + 4, colour);
      return;
    }
  }
}

function halo(view, i, y) {
  const { context } = view;
  context.fillStyle = i === chosen.event ? colours.accent : colours.lost;
  const alpha = context.globalAlpha;
  context.globalAlpha = 0.3;
  context.beginPath();
  context.arc(view.x[laneOf[data.n[i]]], y, 10, 0, 7);
  context.fill();
  context.globalAlpha = alpha;
}

function phaseLine(view, i, y) {
  const { context } = view;
  context.strokeStyle = colours.accent;
  context.lineWidth = 1;
  context.setLineDash([8, 4]);
  line(context, view.left + 84, y, view.left + view.width, y);
  context.setLineDash([]);
  context.font = Bold;
  context.textAlign = "right";
  const right = view.left + view.width - view.strip - 8;
  if (claim(view, right - 90, y - 8, 90, 0)) text(context, `phase: ${texts[data.m[i]]}`, right, y - 4, colours.accent);
  context.textAlign = "left";
}

function drawSign(context, sign, x, y, colour) {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  switch (sign) {
    case "dot": context.arc(x, y, 2.6, 0, 7); context.fill(); break;
    case "disc": context.arc(x, y, 5, 0, 7); context.fill(); break;
    case "square": context.fillRect(x - 4, y - 4, 8, 8); break;
    case "stop": context.moveTo(x - 7, y); context.lineTo(x + 7, y); context.stroke(); break;
    case "block": context.fillRect(x - 14, y - 2.5, 28, 5); break;
    case "diamond": polygon(context, [[x, y - 6], [x + 6, y], [x, y + 6], [x - 6, y]]); break;
    case "up": polygon(context, [[x, y + 6], [x + 7, y - 5], [x - 7, y - 5]]); break;
    case "warning": polygon(context, [[x, y - 7], [x + 7, y + 5], [x - 7, y + 5]]); break;
    case "bolt": polygon(context, [[x + 2, y - 8], [x - 5, y + 1], [x - 1, y + 1], [x - 2, y + 8], [x + 5, y - 1], [x + 1, y - 1]]); break;
    case "hour": polygon(context, [[x - 5, y - 6], [x + 5, y - 6], [x - 5, y + 6], [x + 5, y + 6]]); break;
    case "bars": context.fillRect(x - 5, y - 6, 3.5, 12); context.fillRect(x + 1.5, y - 6, 3.5, 12); break;
    case "clock":
      context.arc(x, y, 5.5, 0, 7);
      context.fillStyle = colours.back;
      context.fill();
      context.moveTo(x, y - 3.5);
      context.lineTo(x, y);
      context.lineTo(x + 3, y);
      context.stroke();
      break;
  }
}

function polygon(context, points) {
  points.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.closePath();
  context.fill();
}

function drawAxis(view) {
  const { context } = view;
  context.save();
  context.beginPath();
  context.rect(0, view.heads, 92, view.height - view.heads);
  context.clip();
  context.globalAlpha = 0.86;
  context.fillStyle = colours.back;
  context.fillRect(0, view.heads, 84, view.height);
  context.globalAlpha = 1;
  context.translate(0, view.heads - view.top);
  context.font = Small;
  context.textAlign = "right";
  if (isQuietShortened) drawStops(view);
  else drawScale(view);
  if (chosen.event >= 0 && shown[chosen.event]) {
    const y = rowOf(chosen.event, view);
    context.font = Bold;
    context.fillStyle = colours.accent;
    const words = formatTime(time[chosen.event]);
    const width = context.measureText(words).width;
    context.fillRect(74 - width, y - 8, width + 10, 16);
    context.fillStyle = colours.back;
    context.fillText(words, 79, y + 4);
  }
  context.textAlign = "left";
  context.restore();
}

function drawStops(view) {
  const { context } = view;
  let last = -Infinity;
  let lastTime = -1;
  for (const { from, to, gap } of shape.breaks) {
    const [top, bottom] = [from * view.zoom, to * view.zoom];
    if (!isSeen(view, top, bottom) || bottom - top < 28) continue;
    context.fillStyle = colours.muted;
    context.font = "italic " + Small;
    context.fillText(`${formatDuration(gap)} pass`, 78, (top + bottom) / 2 + 4);
  }
  context.font = Small;
  const { stops, stopHeights } = shape;
  for (let k = 0; k < stops.length; k++) {
    const y = stopHeights[k] * view.zoom;
    if (y < view.top - 20) continue;
    if (y > view.top + view.height) break;
    if (stops[k] === lastTime || y - last < 14) continue;
    context.fillStyle = colours.text;
    context.fillText(formatTime(stops[k]), 78, y + 4);
    context.strokeStyle = colours.lane;
    context.lineWidth = 1;
    line(context, 82, y, 88, y);
    last = y;
    lastTime = stops[k];
  }
}

function drawScale(view) {
  const { context } = view;
  const [from, to] = [momentAt(view.top, view), momentAt(view.top + view.height - view.heads, view)];
  let step = 1;
  while ((to - from) / step > (view.height - view.heads) / 22) step *= String(step).startsWith("2") ? 2.5 : 2;
  for (let at = Math.ceil(from / step) * step; at <= Math.min(to, shape.last); at += step) {
    const y = heightOf(at, view);
    context.fillStyle = colours.text;
    context.fillText(formatTime(at), 78, y + 4);
    context.strokeStyle = colours.lane;
    context.lineWidth = 1;
    line(context, 82, y, 88, y);
  }
}

function drawHeads(view, room) {
  const { context } = view;
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, view.width, view.heads);
  context.fillStyle = colours.line;
  context.fillRect(0, view.heads - 1, view.width, 1);
  context.font = Small;
  context.fillStyle = colours.muted;
  context.fillText("virtual time", 14, view.heads - 10);
  context.save();
  context.beginPath();
  context.rect(90, 0, room - 90, view.heads);
  context.clip();
  context.translate(-view.left, 0);
  lanes.forEach((lane, i) => {
    const isLink = lane.kind === NodeKind.Link;
    if (isLink && view.pitch < 44) return;
    const x = view.x[i];
    const colour = isLink ? colours.muted : colours.text;
    if (view.areNamesUpright) {
      context.textAlign = "center";
      context.font = isLink ? Small : Heading;
      const width = view.pitch * lane.width - 8;
      context.fillStyle = colour;
      context.fillText(fit(context, isLink ? "link" : lane.name, Math.max(width, 24)), x, 19);
      if (!isLink) {
        context.font = Small;
        context.fillStyle = colours.muted;
        context.fillText(["client", "broker", "", "scenario"][lane.kind], x, 34);
      }
      context.textAlign = "left";
    } else if (!isLink) {
      context.save();
      context.translate(x + 4, view.heads - 8);
      context.rotate(-Math.PI / 2.6);
      context.font = lane.kind === NodeKind.Broker ? Heading : Small;
      context.fillStyle = colour;
      context.fillText(fit(context, lane.name, view.heads), 0, 0);
      context.restore();
    }
  });
  context.restore();
}

function drawStrip(view) {
  const { context } = view;
  const x = view.width - view.strip;
  const height = view.height - view.heads;
  const all = heightOfAll(view);
  context.fillStyle = colours.panel;
  context.fillRect(x, view.heads, view.strip, height);
  context.fillStyle = colours.line;
  context.fillRect(x, view.heads, 1, height);
  const place = y => view.heads + y / all * height;
  for (const span of spans) {
    if (span.kind !== Span.Fault && span.kind !== Span.Down && span.kind !== Span.Paused && span.kind !== Span.HalfOpen) continue;
    const [from, to] = spanHeights(span, view);
    context.fillStyle = span.kind === Span.Fault ? colours["fault-back"] : colours["down-back"];
    context.fillRect(x + 1, place(from), view.strip, Math.max(2, place(to) - place(from)));
  }
  const bins = new Uint16Array(Math.ceil(height) + 1);
  for (const i of order) bins[Math.max(0, Math.min(bins.length - 1, Math.floor(place(rowOf(i, view)) - view.heads)))]++;
  const most = bins.reduce((high, value) => Math.max(high, value), 1);
  context.fillStyle = colours.lane;
  bins.forEach((value, k) => {
    if (value > 0) context.fillRect(x + 4, view.heads + k, 3 + (view.strip - 14) * value / most, 1);
  });
  context.fillStyle = colours.lost;
  for (const finding of findings) {
    for (const event of finding.events) context.fillRect(view.width - 9, place(rowOf(event, view)) - 1.5, 9, 3);
  }
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  const seen = Math.min(1, height / all);
  context.strokeRect(x + 1.5, view.heads + view.top / all * height + 1, view.strip - 3, Math.max(8, seen * height - 2));
}

function drawLegend() {
  const arrow = colour => context => {
    context.strokeStyle = colours[colour];
    context.lineWidth = 1.6;
    line(context, 1, 7, 24, 7);
    head(context, 25, 7, 0, colours[colour]);
  };
  const sign = (name, colour) => context => drawSign(context, name, 13, 7, colours[colour]);
  const entries = [
    ["connecting", arrow("connect")], ["PUBLISH", arrow("publish")], ["acknowledging", arrow("answer")], ["subscribing", arrow("subscribe")], ["ping", arrow("ping")],
    ["lost", context => { context.strokeStyle = colours.publish; context.lineWidth = 1.6; context.setLineDash([5, 3]); line(context, 1, 7, 17, 7); context.setLineDash([]); cross(context, 19, 7, 4); }],
    ["client | broker holds it open", context => { bar(context, 8, 0, 14, colours.open); bar(context, 18, 0, 14, colours.open); }],
    ["half-open", context => hatch(context, 3, 0, 20, 14, colours.half)],
    ["fault on a link", context => { context.fillStyle = colours["fault-back"]; context.fillRect(1, 0, 24, 14); context.strokeStyle = colours.fault; context.lineWidth = 1.5; line(context, 1, 1, 25, 1); }],
    ["keep-alive deadline", context => { context.strokeStyle = colours.deadline; context.lineWidth = 1.5; context.setLineDash([3, 2]); line(context, 13, 0, 13, 11); context.setLineDash([]); context.lineWidth = 2; line(context, 5, 12, 21, 12); }],
    ["message delivered", sign("disc", "good")], ["timer", sign("clock", "deadline")], ["decision", sign("dot", "muted")],
    ["process down", context => hatch(context, 3, 0, 20, 14, colours.lost)], ["paused", context => hatch(context, 3, 0, 20, 14, colours.pause)],
    ["finding", context => { context.globalAlpha = 0.3; context.fillStyle = colours.lost; context.beginPath(); context.arc(13, 7, 7, 0, 7); context.fill(); }],
  ];
  const legend = element("legend");
  legend.replaceChildren();
  for (const [words, paint] of entries) {
    const item = document.createElement("span");
    const picture = document.createElement("canvas");
    picture.width = 52;
    picture.height = 28;
    picture.setAttribute("aria-hidden", "true");
    const context = picture.getContext("2d");
    context.scale(2, 2);
    paint(context);
    item.append(picture, words);
    legend.append(item);
  }
}
