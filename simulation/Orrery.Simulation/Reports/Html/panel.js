// The side of the page: findings, the list of events in words, and what there is to know of one event.

const RowHeight = 24;
const list = element("list");
const rows = element("rows");
const places = new Int32Array(count).fill(-1); // of an event in the list
const hits = new Set(); // what the search has met

/** An element with text; what a run says is only ever given as text. */
function make(tag, className, words) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words !== undefined) made.textContent = words;
  return made;
}

function showRun() {
  const { run } = data;
  element("name").textContent = run.name;
  const facts = element("facts");
  const badge = make("span", `badge ${run.verdict}`, run.verdict.toUpperCase());
  const fact = (name, value, isCode) => {
    const part = make("span", "", `${name} `);
    part.append(make(isCode ? "code" : "b", "", value));
    return part;
  };
  facts.append(badge, fact("seed", run.seed), fact("ran for", formatTime(run.end)), fact("events", String(count)));
  if (run.scenario) facts.append(fact("scenario", run.scenario.slice(0, 12), true));
  if (run.trace) facts.append(fact("trace", run.trace, true));
  if (run.omitted > 0) facts.append(fact("not recorded", `${run.omitted} later events`));
  if (run.skipped) facts.append(fact("skipped", run.skipped));
}

function showFindings() {
  const all = element("finding-list");
  if (findings.length === 0) {
    const words = { Pass: "All claims and rules held.", Skipped: "Nothing was run." }[data.run.verdict] ?? "None.";
    element("findings").append(make("p", "none", words));
    all.remove();
    return;
  }
  element("findings-title").append(make("span", "", ` (${findings.length})`));
  findings.forEach((finding, n) => {
    const item = make("li", finding.isUnknown ? "unknown" : "");
    const head = make("div");
    head.append(make("span", "rule", `${finding.isUnknown ? "? " : "\u2717 "}${finding.rule} `), make("span", "statement", finding.statement));
    const jumps = make("div", "jumps");
    finding.events.slice(0, 12).forEach(event => {
      const jump = make("button", "", `${shortTime(time[event])} #${event + 1}`);
      jump.type = "button";
      jump.setAttribute("aria-label", `Go to event ${event + 1}: ${sentence(event)}`);
      jump.addEventListener("click", () => {
        chosen.finding = n;
        choose(event);
      });
      jumps.append(jump);
    });
    if (finding.events.length > 12) jumps.append(make("span", "hint", `and ${finding.events.length - 12} more`));
    item.append(head, make("p", "", finding.message), jumps);
    all.append(item);
  });
}

/** Goes to the first event of the next finding, or the one before. */
function goToFinding(step) {
  if (findings.length === 0) {
    say("There are no findings.");
    return;
  }
  chosen.finding = (chosen.finding + step + findings.length) % findings.length;
  const finding = findings[chosen.finding];
  if (finding.events.length > 0) choose(finding.events[0], false);
  say(`Finding ${chosen.finding + 1} of ${findings.length}: ${finding.rule}. ${finding.message}`);
}

function layList() {
  places.fill(-1);
  order.forEach((i, place) => { places[i] = place; });
  rows.style.height = `${order.length * RowHeight}px`;
  element("shown").textContent = order.length === count ? `(${count})` : `(${order.length} of ${count})`;
  renderRows();
}

/** Makes the rows that can be seen, and a few around them. */
function renderRows() {
  const from = Math.max(0, Math.floor(list.scrollTop / RowHeight) - 5);
  const to = Math.min(order.length, Math.ceil((list.scrollTop + list.clientHeight) / RowHeight) + 5);
  const made = [];
  for (let place = from; place < to; place++) {
    const i = order[place];
    const row = make("div", `row${chosen.chain.has(i) ? " chain" : ""}${found[i] ? " found" : ""}${hits.has(i) ? " hit" : ""}`);
    row.id = `row-${i}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(i === chosen.event));
    row.setAttribute("aria-setsize", String(order.length));
    row.setAttribute("aria-posinset", String(place + 1));
    row.style.top = `${place * RowHeight}px`;
    const what = make("span");
    const dot = make("span", "dot");
    dot.style.background = data.w[i] >= 0 ? colourOf(i) : colours[(markShapes[data.k[i]] ?? ["", "muted"])[1]];
    what.append(dot, make("b", "", sentence(i)));
    what.title = sentence(i);
    row.append(make("span", "number", String(i + 1)), make("span", "time", shortTime(time[i])), what);
    row.addEventListener("click", () => choose(i));
    made.push(row);
  }
  rows.replaceChildren(...made);
  if (chosen.event >= 0 && places[chosen.event] >= from && places[chosen.event] < to) list.setAttribute("aria-activedescendant", `row-${chosen.event}`);
  else list.removeAttribute("aria-activedescendant");
}

function revealRow(i) {
  if (i >= 0 && places[i] >= 0) {
    const top = places[i] * RowHeight;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - RowHeight) list.scrollTop = top - list.clientHeight / 2;
  }
  renderRows();
}

function showDetails(i) {
  const body = element("detail-body");
  if (i < 0) {
    body.replaceChildren(make("p", "hint", "Choose an event in the diagram or in the list: its fields, bytes and causes appear here."));
    return;
  }
  const fields = make("dl");
  const field = (name, value) => {
    if (value !== "") fields.append(make("dt", "", name), make("dd", "", value));
  };
  const packet = packetOf(i);
  field("Event", `${i + 1} of ${count}`);
  field("Time", formatTime(time[i]));
  field("Connection", texts[data.c[i]]);
  const end = received[i];
  if (end >= 0) field("Arrived", `${formatTime(time[end])}, ${formatDuration(time[end] - time[i])} later`);
  if (fate[i] === Fate.Lost) field("Arrived", "never");
  if (fate[i] === Fate.UnderWay) field("Arrived", "not before the run ended");
  if (data.k[i] !== Kind.Decision) field("Name", texts[data.m[i]]);
  field("Note", texts[data.d[i]]);
  for (const finding of findings) if (finding.events.includes(i)) field("Finding", `${finding.rule}: ${finding.message}`);
  body.replaceChildren(make("h3", "", sentence(i)), fields);
  if (packet) showPacket(body, packet);
  else if (loose.has(i)) showBytes(body, loose.get(i), bytesOf(loose.get(i)));
  showChain(body, i);
  element("details").scrollTop = 0;
}

function showPacket(body, packet) {
  const fields = make("dl");
  const field = (name, value) => {
    if (value !== "") fields.append(make("dt", "", name), make("dd", "", value));
  };
  const bytes = bytesOf(packet);
  field("Type", typeNames[packet.type]);
  if (packet.id > 0) field("Packet identifier", String(packet.id));
  if (packet.type === 3) {
    field("Topic", packet.topic);
    field("QoS", `${packet.qos} (${["at most once", "at least once", "exactly once"][packet.qos] ?? "not allowed"})`);
    field("Duplicate", packet.dup ? "yes" : "no");
    field("Retain", packet.retain ? "yes" : "no");
    field("Payload", payloadText(packet, bytes));
  }
  field("Reason", packet.reason);
  for (const line of packet.fields === "" ? [] : packet.fields.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon < 0) field("", line);
    else field(line.slice(0, colon), line.slice(colon + 2));
  }
  body.append(make("h4", "", "Packet"), fields);
  showBytes(body, packet, bytes);
}

function bytesOf(packet) {
  return Uint8Array.from(atob(packet.bytes), character => character.charCodeAt(0));
}

function showBytes(body, packet, bytes) {
  const isCut = bytes.length < packet.size;
  const title = make("h4", "", `Bytes (${isCut ? `the first ${bytes.length} of ${packet.size}` : packet.size})`);
  const dump = make("pre");
  dump.tabIndex = 0;
  dump.setAttribute("aria-label", "Bytes in hexadecimal");
  const start = packet.type === 3 ? packet.size - packet.payload : Infinity;
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    dump.append(make("span", "at", `${at.toString(16).padStart(3, "0")} `));
    const put = (show, pad) => part.forEach((value, k) => {
      const words = show(value, k);
      if (at + k >= start) dump.append(make("span", "payload", words));
      else dump.append(words);
      if (pad && k === part.length - 1) dump.append(" ".repeat((16 - part.length) * 3));
    });
    put((value, k) => `${value.toString(16).padStart(2, "0")}${k === 15 ? "  " : " "}`, true);
    if (part.length < 16) dump.append(" ");
    put(value => (value >= 32 && value < 127 ? String.fromCharCode(value) : "\u00b7"), false);
    dump.append("\n");
  }
  body.append(title, dump);
}

/** The payload as text if it is text, with signs for what can't be seen. */
function payloadText(packet, bytes) {
  if (packet.payload === 0) return "empty";
  const part = bytes.subarray(packet.size - packet.payload);
  const note = part.length < packet.payload ? `\u2026 (${packet.payload} bytes)` : ` (${packet.payload} bytes)`;
  if (part.length === 0) return note.trim();
  try {
    const words = new TextDecoder("utf-8", { fatal: part.length === packet.payload, ignoreBOM: true }).decode(part);
    return words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, sign => `\\u{${sign.codePointAt(0).toString(16)}}`).trimEnd() + note;
  } catch {
    return `not text${note}`;
  }
}

function showChain(body, i) {
  const chain = causesOf(i);
  const effects = effectsOf(i, 200);
  const entry = (event, isHere) => {
    const item = make("li", isHere ? "here" : "");
    const jump = make("button");
    jump.type = "button";
    jump.append(make("span", "", shortTime(time[event])), sentence(event));
    if (isHere) jump.setAttribute("aria-current", "true");
    jump.addEventListener("click", () => choose(event));
    item.append(jump);
    return item;
  };
  const causes = make("ol");
  causes.id = "causes";
  causes.append(...chain.map(event => entry(event, false)), entry(i, true));
  body.append(make("h4", "", chain.length === 0 ? "Causes: none recorded" : `Causes (${chain.length}), first one first`), causes);
  if (effects.length === 0) return;
  const led = make("ol");
  led.id = "effects";
  led.append(...effects.map(event => entry(event, false)));
  body.append(make("h4", "", `Led to (${effects.length === 200 ? "the first 200" : effects.length})`), led);
}
