// What happened, as columns by event: time, kind, node, peer, connection, name, detail, packet, cause.

const data = JSON.parse(document.getElementById("run").textContent);
const texts = data.texts;
const count = data.k.length;
const element = id => document.getElementById(id);

// The numbers of HistoryKind, HtmlNodeKind and HtmlSpanKind.
const Kind = {
  Step: 0, Requested: 1, Opened: 2, Accepted: 3, Ended: 4, Sent: 5, Received: 6, Malformed: 7, Delivered: 8, Decision: 9, Timer: 10,
  Started: 11, ProcessEnded: 12, Paused: 13, Resumed: 14, Clock: 15, FaultStarted: 16, FaultEnded: 17, Held: 18, DiskSubmitted: 19,
  DiskDone: 20, Phase: 21,
};
const NodeKind = { Client: 0, Broker: 1, Link: 2, Script: 3 };
const Span = { Opening: 0, ClientOpen: 1, BrokerOpen: 2, HalfOpen: 3, Fault: 4, Down: 5, Paused: 6, Silence: 7, Held: 8 };
const Fate = { None: 0, Arrived: 1, Lost: 2, UnderWay: 3 };

const typeNames = ["", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE",
  "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"];
const typeColours = ["ping", "connect", "connect", "publish", "answer", "answer", "answer", "answer", "subscribe", "subscribe", "subscribe",
  "subscribe", "ping", "ping", "connect", "connect"];

const nodes = data.nodes.map(([name, kind, client, broker]) => ({ name: texts[name], kind, client, broker }));
const packets = data.packets.map(([type, flags, id, topic, reason, fields, size, payload, bytes]) => ({
  type, qos: flags & 3, retain: (flags & 4) !== 0, dup: (flags & 8) !== 0, id, topic: texts[topic], reason: texts[reason], fields: texts[fields],
  size, payload, bytes,
}));
const loose = new Map(data.loose.map(([event, size, bytes]) => [event, { size, bytes, payload: 0, type: 0 }])); // sent, and no packet
const findings = data.findings.map(([rule, statement, message, unknown, events]) => ({
  rule: texts[rule], statement: texts[statement], message: texts[message], isUnknown: unknown === 1, events,
}));

const time = new Float64Array(count);
const cause = new Int32Array(count);
const received = new Int32Array(count).fill(-1); // of a packet sent: where it was read
const firstEffect = new Int32Array(count).fill(-1);
const nextEffect = new Int32Array(count).fill(-1);
const fate = new Uint8Array(count);
const found = new Uint8Array(count); // shows what a finding is about
const endOfRun = Math.max(data.run.end, 0);

{
  let now = 0;
  for (let i = 0; i < count; i++) {
    now += data.t[i];
    time[i] = now;
    cause[i] = data.x[i] === 0 ? -1 : i - data.x[i];
  }
  const lastEffect = new Int32Array(count).fill(-1);
  const isEnded = new Set();
  for (let i = 0; i < count; i++) {
    const before = cause[i];
    if (data.k[i] === Kind.Ended) isEnded.add(data.c[i]);
    if (before < 0) continue;
    if (lastEffect[before] < 0) firstEffect[before] = i;
    else nextEffect[lastEffect[before]] = i;
    lastEffect[before] = i;
    if (data.k[i] === Kind.Received && data.k[before] === Kind.Sent) received[before] = i;
  }
  for (let i = 0; i < count; i++) {
    if (data.k[i] !== Kind.Sent) continue;
    fate[i] = received[i] >= 0 ? Fate.Arrived : isEnded.has(data.c[i]) ? Fate.Lost : Fate.UnderWay;
  }
  for (const finding of findings) for (const event of finding.events) found[event] = 1;
}

const spans = data.spans.map(([kind, node, connection, from, to, until, text]) => ({
  kind, node, connection: texts[connection], from, to, start: time[from], end: to >= 0 ? time[to] : until, text: texts[text],
}));

const linkOf = new Map(nodes.flatMap((node, i) => (node.kind === NodeKind.Link ? [[`${node.client}>${node.broker}`, i]] : [])));

/** By event: the link that its connection runs over; -1 where there is none. */
const linkAt = Int32Array.from(data.n, (node, i) => linkOf.get(`${node}>${data.p[i]}`) ?? linkOf.get(`${data.p[i]}>${node}`) ?? -1);

function packetOf(i) {
  return data.w[i] < 0 ? null : packets[data.w[i]];
}

function formatTime(ns) {
  const digits = ns % 1e6 === 0 ? 3 : ns % 1e3 === 0 ? 6 : 9;
  return `${(ns / 1e9).toFixed(digits)} s`;
}

/** A time down to the microsecond, for where there is little room. */
function shortTime(ns) {
  return formatTime(Math.floor(ns / 1e3) * 1e3);
}

function formatDuration(ns) {
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${+(ns / 1e3).toFixed(1)} \u00b5s`;
  if (ns < 1e9) return `${+(ns / 1e6).toFixed(1)} ms`;
  if (ns < 600e9) return `${+(ns / 1e9).toFixed(2)} s`;
  if (ns < 36000e9) return `${+(ns / 60e9).toFixed(1)} min`;
  return `${+(ns / 3600e9).toFixed(1)} h`;
}

/** A packet in a few words, longest first. */
function packetLabels(packet) {
  const name = typeNames[packet.type];
  const marks = [];
  if (packet.type === 3) marks.push(`QoS ${packet.qos}`);
  if (packet.id > 0) marks.push(`id ${packet.id}`);
  if (packet.dup) marks.push("DUP");
  if (packet.retain) marks.push("RETAIN");
  if (/ 0x[89a-f]/.test(packet.reason)) marks.push(packet.reason.replace(/ 0x.*/, ""));
  const short = [name, ...marks].join(" ");
  const labels = [short, name];
  const more = packet.topic || firstField(packet.fields, "Filters");
  if (more) labels.unshift(`${short} ${more}`, `${short} ${more.length > 24 ? more.slice(0, 23) + "\u2026" : more}`);
  return labels;
}

function firstField(fields, name) {
  const line = fields.split("\n").find(text => text.startsWith(name + ": "));
  return line === undefined ? "" : line.slice(name.length + 2);
}

/** How a connection ended for a node, in words. */
function ending(node, peer, how) {
  const other = peer || "the other end";
  switch (how) {
    case "fin": return `${node} learns that ${other} has closed the connection`;
    case "reset": return `${node}: the connection with ${other} is reset`;
    case "closed": return `${node} closes the connection with ${other}`;
    case "timeout": return `${node} gives up the connection with ${other}`;
    case "vanished": return `${node}: the connection with ${other} vanishes`;
    case "refused": return `${node}: ${other} refuses the connection`;
    case "process_ended": return `${node}: the connection with ${other} ends with its process`;
    default: return `${node}: the connection with ${other} ends, ${how}`;
  }
}

/** An event in one sentence of plain words. */
function sentence(i) {
  const node = nodes[data.n[i]].name;
  const peer = data.p[i] < 0 ? "" : nodes[data.p[i]].name;
  const name = texts[data.m[i]];
  const detail = texts[data.d[i]];
  const packet = packetOf(i);
  const label = packet ? packetLabels(packet)[0] : "";
  const also = detail ? ` (${detail})` : "";
  switch (data.k[i]) {
    case Kind.Step: return `step: ${[name, detail].filter(text => text).join(" ")}${node === "script" ? "" : ` [${node}]`}`;
    case Kind.Requested: return `${node} asks ${peer} for a connection${also}`;
    case Kind.Opened: return `${node} has its connection to ${peer}${also}`;
    case Kind.Accepted: return `${node} takes the connection of ${peer}${also}`;
    case Kind.Ended: return `${ending(node, peer, name)}${also}`;
    case Kind.Sent: return `${node} sends ${label} to ${peer}${["", "", ", which is lost", ", still on its way"][fate[i]]}${also}`;
    case Kind.Received: return `${node} reads ${label} from ${peer}${also}`;
    case Kind.Malformed: return `${node}: bytes that are no packet${also}`;
    case Kind.Delivered: return `${node} gets the message ${packet ? `on ${packet.topic}` : ""}${also}`;
    case Kind.Decision: return `${node} decides: ${detail || name}`;
    case Kind.Timer: return `${node}: ${name ? `timer ${name}` : "a timer"} fires${also}`;
    case Kind.Started: return `${node} starts${also}`;
    case Kind.ProcessEnded: return `${node} ends: ${({ kill: "killed", power_loss: "power lost", stop: "stopped" })[name] ?? name}${also}`;
    case Kind.Paused: return `${node} is paused${also}`;
    case Kind.Resumed: return `${node} goes on${also}`;
    case Kind.Clock: return `${node}: its clock changes${also}`;
    case Kind.FaultStarted: return `${node}: fault ${name} begins${also}`;
    case Kind.FaultEnded: return `${node}: fault ${name} ends${also}`;
    case Kind.Held: return `${node}: bytes are held${name ? `, ${name}` : ""}${also}`;
    case Kind.DiskSubmitted: return `${node}: disk shall ${name}${also}`;
    case Kind.DiskDone: return `${node}: disk has done ${name}${also}`;
    case Kind.Phase: return `phase ${name} begins${also}`;
    default: return `${node}: ${name}${also}`;
  }
}

/** The events that led to this one, first one first, without itself. */
function causesOf(i) {
  const chain = [];
  for (let at = cause[i]; at >= 0; at = cause[at]) chain.push(at);
  return chain.reverse();
}

/** What this event led to, directly and further on, at most so many, in order. */
function effectsOf(i, most) {
  const all = [];
  const open = [i];
  while (open.length > 0 && all.length < most) {
    for (let at = firstEffect[open.pop()]; at >= 0; at = nextEffect[at]) {
      all.push(at);
      open.push(at);
    }
  }
  return all.sort((a, b) => a - b).slice(0, most);
}
