// Draws what happens at one place, the times, the names of the lanes, the strip of the whole run, and the legend.

const markShapes = {
  [Kind.Step]: ["diamond", "muted"], [Kind.Malformed]: ["warning", "lost"], [Kind.Delivered]: ["disc", "good"], [Kind.Decision]: ["dot", "muted"],
  [Kind.Timer]: ["clock", "deadline"], [Kind.Started]: ["up", "good"], [Kind.ProcessEnded]: ["block", "lost"], [Kind.Paused]: ["bars", "pause"],
  [Kind.Resumed]: ["up", "pause"], [Kind.Clock]: ["clock", "pause"], [Kind.FaultStarted]: ["bolt", "fault"], [Kind.FaultEnded]: ["bolt", "fault"],
  [Kind.Held]: ["hour", "fault"], [Kind.DiskSubmitted]: ["square", "muted"], [Kind.DiskDone]: ["disc", "muted"], [Kind.Phase]: ["diamond", "accent"],
  [Kind.Requested]: ["dot", "open"], [Kind.Opened]: ["dot", "open"], [Kind.Accepted]: ["dot", "open"], [Kind.Ended]: ["stop", "muted"],
};

const endWords = { closed: "closes", fin: "sees FIN", reset: "reset", timeout: "gives up", vanished: "vanishes", refused: "refused", process_ended: "ends with its process" };

/** What a mark says beside its sign; longest first, empty for those whose sign is enough. */
function markLabels(i) {
  const name = texts[data.m[i]];
  const detail = texts[data.d[i]];
  const both = [name, detail].filter(words => words).join(": ");
  const packet = packetOf(i);
  switch (data.k[i]) {
    case Kind.Step: return [[name, detail].filter(words => words).join(" "), name];
    case Kind.Delivered: return packet ? [`gets ${packet.topic}`, "gets it"] : ["gets a message"];
    case Kind.Decision: return [(detail || name).replace(/^[0-9a-f]{8} /, "")]; // without the number of the message
    case Kind.Timer: return [`timer ${name}`.trim(), "timer"];
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
    case Kind.Ended: return [`${endWords[name] ?? "ends"}${detail ? `: ${detail}` : ""}`, endWords[name] ?? "ends"];
    default: return [];
  }
}

function drawMarks(view) {
  const { context } = view;
  const { isDense } = view;
  for (const i of order) {
    const kind = data.k[i];
    const y = rowOf(i, view);
    if (y > seen.bottom + 30) break;
    if (y < seen.top) continue;
    if (kind === Kind.Sent || kind === Kind.Received) {
      if (i === chosen.event) halo(view, i, y);
      continue;
    }
    const lane = laneOf[data.n[i]];
    const x = view.x[lane];
    context.globalAlpha = fade(i);
    if (kind === Kind.Phase) phaseLine(view, i, y);
    if (lane < 0) continue;
    if (i === chosen.event || found[i]) halo(view, i, y);
    const [sign, colour] = markShapes[kind] ?? ["dot", "muted"];
    if (isDense && !isLit(i) && (sign === "disc" || sign === "dot")) drawSign(context, "speck", x, y, colours[colour]);
    else drawSign(context, sign, x, y, colours[colour]);
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
  const outward = lanes[lane].side < 0 && lanes[lane].kind !== NodeKind.Script ? -1 : 1;
  const roomOf = side => {
    const next = lane + side;
    const edge = side < 0 ? (next < 0 ? view.left + 100 : view.x[next]) : (next >= lanes.length ? Math.max(view.total - 8, x) : view.x[next]);
    return Math.abs(edge - x) - 20;
  };
  for (const [side, isStrict] of [[outward, true], [-outward, true], [outward, false], [-outward, false]]) {
    for (const label of labels) {
      const words = fit(context, label, roomOf(side));
      if (words === "" || (words !== label && label !== labels[labels.length - 1])) continue;
      const width = context.measureText(words).width;
      const start = side > 0 ? x + 10 : x - 10 - width;
      if (!claim(view, start, y + 4, width, 0, -1, isStrict)) break;
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
  if (claim(view, right - 90, y - 4, 90, 0, -1, false)) text(context, `phase: ${texts[data.m[i]]}`, right, y - 4, colours.accent);
  context.textAlign = "left";
}

function drawSign(context, sign, x, y, colour) {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  switch (sign) {
    case "speck": context.fillRect(x - 1.5, y - 0.5, 3, 1); break;
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
    const words = shortTime(time[chosen.event]);
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
  const marked = chosen.event >= 0 && shown[chosen.event] ? rowOf(chosen.event, view) : -Infinity;
  for (const { from, to, gap } of shape.breaks) {
    const [top, bottom] = [from * view.zoom, to * view.zoom];
    if (!isSeen(view, top, bottom) || bottom - top < 28) continue;
    context.fillStyle = colours.muted;
    context.font = "italic " + Small;
    context.fillText(`${formatDuration(Math.round(gap / 1e6) * 1e6)} quiet`, 78, (top + bottom) / 2 + 4);
  }
  context.font = Small;
  const { stops, stopHeights } = shape;
  let first = 0;
  while (first < stops.length && stopHeights[first] * view.zoom < view.top - 20) first++;
  for (let k = first; k < stops.length; k++) {
    const y = stopHeights[k] * view.zoom;
    if (y > view.top + view.height) break;
    if (stops[k] === lastTime || y - last < 14 || Math.abs(y - marked) < 14) continue;
    context.fillStyle = colours.text;
    context.fillText(shortTime(stops[k]), 78, y + 4);
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
    context.fillText(shortTime(at), 78, y + 4);
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
    if (view.pitch < 6 && lane.kind === NodeKind.Client) return;
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

/** The strip of the whole run. Its picture is kept until what it shows changes. */
function drawStrip(view) {
  const { context, strip } = view;
  const x = view.width - strip;
  const height = view.height - view.heads;
  const all = heightOfAll(view);
  const ratio = window.devicePixelRatio || 1;
  const key = [height, strip, ratio, isQuietShortened, shape.version, document.documentElement.dataset.theme].join();
  if (stripPicture.key !== key) {
    stripPicture.key = key;
    stripPicture.canvas.width = strip * ratio;
    stripPicture.canvas.height = Math.max(1, Math.round(height * ratio));
    const own = stripPicture.canvas.getContext("2d");
    own.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintStrip(own, view, strip, height, all);
  }
  context.drawImage(stripPicture.canvas, x, view.heads, strip, height);
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  const part = Math.min(1, height / all);
  context.strokeRect(x + 1.5, view.heads + view.top / all * height + 1, strip - 3, Math.max(8, part * height - 2));
}

const stripPicture = { key: "", canvas: document.createElement("canvas") };

function paintStrip(context, view, strip, height, all) {
  const place = y => y / all * height;
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, strip, height);
  context.fillStyle = colours.line;
  context.fillRect(0, 0, 1, height);
  const troubles = { "fault-back": [Span.Fault], "down-back": [Span.Down, Span.Paused, Span.HalfOpen] };
  for (const [colour, kinds] of Object.entries(troubles)) {
    const changes = new Int32Array(Math.ceil(height) + 3); // how many begin less how many end, so that many make no more than one
    for (const span of spans) {
      if (!kinds.includes(span.kind)) continue;
      const [from, to] = spanHeights(span, view).map(y => Math.max(0, Math.min(height, Math.floor(place(y)))));
      changes[from]++;
      changes[Math.max(to, from + 2)]--;
    }
    context.fillStyle = colours[colour];
    let open = 0;
    changes.forEach((change, y) => {
      open += change;
      if (open > 0) context.fillRect(1, y, strip, 1);
    });
  }
  const bins = new Uint16Array(Math.ceil(height) + 1);
  for (const i of order) bins[Math.max(0, Math.min(bins.length - 1, Math.floor(place(rowOf(i, view)))))]++;
  const most = bins.reduce((high, value) => Math.max(high, value), 1);
  context.fillStyle = colours.lane;
  bins.forEach((value, k) => {
    if (value > 0) context.fillRect(4, k, 3 + (strip - 17) * value / most, 1);
  });
  context.fillStyle = colours.lost;
  for (const finding of findings) {
    for (const event of finding.events) context.fillRect(strip - 9, place(shown[event] ? rowOf(event, view) : heightOf(time[event], view)) - 1.5, 9, 3);
  }
}

/** Explains the signs that this run has. */
function drawLegend() {
  const arrow = colour => context => {
    context.strokeStyle = colours[colour];
    context.lineWidth = 1.6;
    line(context, 1, 7, 24, 7);
    head(context, 25, 7, 0, colours[colour]);
  };
  const sign = (name, colour) => context => drawSign(context, name, 13, 7, colours[colour]);
  const striped = colour => context => hatch(context, 3, 0, 20, 14, colours[colour]);
  const types = new Set(packets.map(packet => typeColours[packet.type]));
  const kinds = new Set(data.k);
  const has = new Set(spans.map(span => span.kind));
  const entries = [
    [types.has("connect"), "connecting", arrow("connect")], [types.has("publish"), "PUBLISH", arrow("publish")],
    [types.has("answer"), "acknowledging", arrow("answer")], [types.has("subscribe"), "subscribing", arrow("subscribe")], [types.has("ping"), "ping", arrow("ping")],
    [fate.includes(Fate.Lost), "lost", context => { context.strokeStyle = colours.publish; context.lineWidth = 1.6; context.setLineDash([5, 3]); line(context, 1, 7, 17, 7); context.setLineDash([]); cross(context, 19, 7, 4); }],
    [fate.includes(Fate.UnderWay), "still on its way", context => { context.strokeStyle = colours.publish; context.lineWidth = 1.6; context.setLineDash([5, 3]); line(context, 1, 7, 17, 7); context.setLineDash([]); ring(context, 20, 7, colours.publish); }],
    [has.has(Span.ClientOpen), "open for the client | the broker", context => { bar({ context, half: 7 }, 8, 0, 14, colours.open); bar({ context, half: 7 }, 18, 0, 14, colours.open); }],
    [has.has(Span.HalfOpen), "half-open: only one end knows it is over", striped("half")],
    [has.has(Span.Fault), "fault at work", context => { context.fillStyle = colours["fault-back"]; context.fillRect(1, 0, 24, 14); context.strokeStyle = colours.fault; context.lineWidth = 1.5; line(context, 1, 1, 25, 1); }],
    [has.has(Span.Held), "bytes held", striped("fault")],
    [has.has(Span.Silence), "silence up to the keep-alive deadline", context => { context.strokeStyle = colours.deadline; context.lineWidth = 1.5; context.setLineDash([3, 2]); line(context, 13, 0, 13, 11); context.setLineDash([]); context.lineWidth = 2; line(context, 5, 12, 21, 12); }],
    [kinds.has(Kind.Delivered), "message delivered", sign("disc", "good")], [kinds.has(Kind.Timer), "timer fires", sign("clock", "deadline")],
    [kinds.has(Kind.Decision), "broker decides", sign("dot", "muted")], [kinds.has(Kind.Step), "step", sign("diamond", "muted")],
    [has.has(Span.Down), "process down", striped("lost")], [has.has(Span.Paused), "paused", striped("pause")],
    [findings.some(finding => finding.events.length > 0), "finding", context => { context.globalAlpha = 0.3; context.fillStyle = colours.lost; context.beginPath(); context.arc(13, 7, 7, 0, 7); context.fill(); }],
  ];
  const legend = element("legend");
  legend.replaceChildren();
  for (const [isPresent, words, paint] of entries) {
    if (!isPresent) continue;
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
