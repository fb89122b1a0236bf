// Where everything stands: lanes from left to right, and a height for every event that is shown.

const shown = new Uint8Array(count).fill(1);
let order = []; // the events that are shown
let lanes = []; // from left to right
const laneOf = new Int32Array(nodes.length).fill(-1); // by node
let hidesIdleLanes = false;

const shape = { rowHeight: new Float64Array(count), height: 1, stops: [], stopHeights: [], breaks: [], version: 0 };
let isQuietShortened = true;

const LanePitchMin = 9.5; // two lanes a client make 17 pixels: room for a slanted name
const LineGap = 15;    // between two labels of one place
const QuietMin = 500e6; // a stretch without events that gets a line of its own

/** Sets which node stands where: clients around their broker, each with its link between, publishers at the left. */
function layLanes() {
  const weight = new Int32Array(nodes.length);
  const used = new Uint8Array(nodes.length);
  for (let i = 0; i < count; i++) {
    if (shown[i] && data.k[i] !== Kind.Phase) used[data.n[i]] = 1; // a phase has a line of its own, from side to side
    if (data.w[i] < 0 || packets[data.w[i]].type !== 3 || nodes[data.n[i]].kind !== NodeKind.Client) continue;
    if (data.k[i] === Kind.Sent) weight[data.n[i]]++;
    if (data.k[i] === Kind.Received) weight[data.n[i]]--;
  }
  const links = nodes.map((node, i) => i).filter(i => nodes[i].kind === NodeKind.Link);
  const brokers = nodes.map((node, i) => i).filter(i => nodes[i].kind === NodeKind.Broker);
  const placed = new Set();
  const result = [];
  const add = (node, side) => {
    if (placed.has(node)) return;
    placed.add(node);
    const kind = nodes[node].kind;
    const ends = kind === NodeKind.Link ? [nodes[node].client, nodes[node].broker] : [];
    const isIdle = !used[node] && (kind === NodeKind.Link ? !ends.some(end => nodes[end].kind === NodeKind.Client && used[end]) : true);
    if (hidesIdleLanes && isIdle) return;
    result.push({ node, side, kind, name: nodes[node].name, x: 0, width: kind === NodeKind.Link ? 0.8 : kind === NodeKind.Script ? (nodes.length < 9 ? 0.7 : 2) : 1 });
  };
  const [scripts, others] = [[], []];
  nodes.forEach((node, i) => (node.kind === NodeKind.Script ? scripts : others).push(i));
  for (const script of scripts) if (used[script]) add(script, -1);
  for (const broker of brokers) {
    const own = links.filter(link => nodes[link].broker === broker && !placed.has(link));
    const clients = own.map(link => nodes[link].client).filter(client => nodes[client].kind === NodeKind.Client && !placed.has(client));
    const ranked = [...clients].sort((a, b) => weight[b] - weight[a] || a - b);
    const left = new Set(ranked.slice(0, Math.ceil(ranked.length / 2)));
    const link = client => linkOf.get(`${client}>${broker}`);
    for (const client of clients) if (left.has(client)) { add(client, -1); add(link(client), -1); }
    for (const other of own) if (!clients.includes(nodes[other].client)) add(other, -1);
    add(broker, 1);
    for (const client of clients) if (!left.has(client)) { add(link(client), 1); add(client, 1); }
  }
  for (const other of others) add(other, 1);
  lanes = result;
  laneOf.fill(-1);
  lanes.forEach((lane, i) => { laneOf[lane.node] = i; });
}

/** Gives lanes their places for a width; returns the width that they take. */
function placeLanes(target, width, scale) {
  const left = 104;
  const right = 30;
  const sum = lanes.reduce((total, lane, i) => total + (i === 0 ? 0 : (lane.width + lanes[i - 1].width) / 2), 0);
  const outer = lanes.length < 9 ? 0.55 : 0.9; // room for labels outside the outermost lanes
  const first = lanes.length > 0 && lanes[0].kind === NodeKind.Script ? 0.1 : outer; // the scenario's labels stand inside
  const pitch = Math.max(LanePitchMin, Math.min(235, (width - left - right) / Math.max(1, sum + first + outer))) * scale;
  let x = left + Math.max(20, pitch * first);
  const total = left + right + pitch * (sum + first + outer);
  if (total < width) x += (width - total) / 2;
  lanes.forEach((lane, i) => {
    if (i > 0) x += pitch * (lane.width + lanes[i - 1].width) / 2;
    target[i] = x;
  });
  return { pitch, total: Math.max(total, width) };
}

/** Gives every event that is shown its height, in pixels at a zoom of 1. */
function layRows() {
  order = [];
  for (let i = 0; i < count; i++) if (shown[i] && (laneOf[data.n[i]] >= 0 || data.k[i] === Kind.Phase)) order.push(i);
  const deadlines = spans.filter(span => span.kind === Span.Silence && span.to < 0 && shown[span.from] && span.end <= endOfRun)
    .map(span => span.end).sort((a, b) => a - b);
  const stops = [];
  const heights = [];
  const breaks = [];
  const lastOf = new Map();
  const first = order.length > 0 ? time[order[0]] : 0;
  let before = first;
  let y = 10;
  let next = 0;

  const step = at => {
    const gap = at - before;
    if (gap > 0) {
      const grown = 5 + 6.6 * Math.log10(1 + gap / 1e3);
      if (gap >= QuietMin) breaks.push({ from: y, to: y + grown, gap });
      y += grown;
    }
    before = at;
  };
  const stop = at => {
    stops.push(at);
    heights.push(y);
  };
  const room = (key, least) => {
    const last = lastOf.get(key);
    if (last !== undefined && y - last < least) y = last + least;
    lastOf.set(key, y);
  };

  for (const i of order) {
    while (next < deadlines.length && deadlines[next] <= time[i]) {
      step(deadlines[next]);
      room("deadline", LineGap);
      stop(deadlines[next++]);
    }
    step(time[i]);
    const kind = data.k[i];
    if (kind === Kind.Sent) room(`${data.n[i]}>${data.p[i]}`, LineGap);
    else if (kind !== Kind.Received && kind !== Kind.Requested && kind !== Kind.Opened && kind !== Kind.Accepted) room(data.n[i], LineGap);
    if (kind === Kind.Phase) room("phase", 20);
    shape.rowHeight[i] = y;
    stop(time[i]);
  }
  while (next < deadlines.length) {
    step(deadlines[next]);
    stop(deadlines[next++]);
  }
  const last = Math.max(endOfRun, order.length > 0 ? time[order[order.length - 1]] : 0);
  step(last);
  stop(last);
  shape.version++;
  Object.assign(shape, { stops, stopHeights: heights, breaks, height: y + 24, first, last: Math.max(last, first + 1) });
}

/** The height of an event at a zoom. */
function rowOf(i, view) {
  return isQuietShortened ? shape.rowHeight[i] * view.zoom : heightOf(time[i], view);
}

/** The height of a moment at a zoom. */
function heightOf(ns, view) {
  if (!isQuietShortened) return 10 + (ns - shape.first) / (shape.last - shape.first) * (view.linearHeight - 34) * view.zoom;
  const { stops, stopHeights } = shape;
  let low = 0;
  let high = stops.length; // the first stop that is not before the moment: a deadline comes before what it leads to
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle] < ns) low = middle + 1;
    else high = middle;
  }
  if (ns >= shape.last || low === stops.length) return stops.length > 0 ? stopHeights[stops.length - 1] * view.zoom : 0;
  if (low === 0 || stops[low] === ns) return stopHeights[low] * view.zoom;
  const height = stopHeights[low - 1];
  return (height + (stopHeights[low] - height) * (ns - stops[low - 1]) / (stops[low] - stops[low - 1])) * view.zoom;
}

/** The moment at a height. */
function momentAt(height, view) {
  if (!isQuietShortened) return shape.first + (height - 10) / ((view.linearHeight - 34) * view.zoom) * (shape.last - shape.first);
  const { stops, stopHeights } = shape;
  const wanted = height / view.zoom;
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stopHeights[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  if (low === 0 || low === stops.length) return low === 0 ? shape.first : shape.last;
  const part = (wanted - stopHeights[low - 1]) / (stopHeights[low] - stopHeights[low - 1]);
  return stops[low - 1] + part * (stops[low] - stops[low - 1]);
}

/** How high all of it is at a zoom. */
function heightOfAll(view) {
  return isQuietShortened ? shape.height * view.zoom : 10 + (view.linearHeight - 10) * view.zoom;
}
