// Which events are shown, and the search among them.

const kindGroups = [
  ["Packets", [Kind.Sent, Kind.Received, Kind.Malformed]], ["Connections", [Kind.Requested, Kind.Opened, Kind.Accepted, Kind.Ended]],
  ["Deliveries", [Kind.Delivered]], ["Decisions of brokers", [Kind.Decision]], ["Timers and clocks", [Kind.Timer, Kind.Clock]],
  ["Processes", [Kind.Started, Kind.ProcessEnded, Kind.Paused, Kind.Resumed]], ["Faults and held bytes", [Kind.FaultStarted, Kind.FaultEnded, Kind.Held]],
  ["Disks", [Kind.DiskSubmitted, Kind.DiskDone]], ["Steps and phases", [Kind.Step, Kind.Phase]],
];
const DecisionsMax = 200; // more of them would bury the packets, so they begin hidden
const hiddenKinds = new Set();
const inputs = ["by-lane", "by-type", "by-connection", "by-topic", "by-text"].map(element);
const lowered = new Array(count); // what text filters look at, made when first asked for

function wordsOf(i) {
  return (lowered[i] ??= `${sentence(i)} ${texts[data.c[i]]} ${packetOf(i)?.fields ?? ""}`.toLowerCase());
}

/** Whether a topic matches what was typed: a filter of MQTT if it has wildcards, else a part of it. */
function topicTest(typed) {
  if (!/[+#]/.test(typed)) return topic => topic.toLowerCase().includes(typed.toLowerCase());
  const levels = typed.split("/");
  return topic => {
    const parts = topic.split("/");
    for (let k = 0; k < levels.length; k++) {
      if (levels[k] === "#") return true;
      if (k >= parts.length || (levels[k] !== "+" && levels[k] !== parts[k])) return false;
    }
    return parts.length === levels.length;
  };
}

function applyFilters() {
  const [lane, type, connection, topic, words] = inputs.map(input => input.value.trim());
  const matches = topic === "" ? null : topicTest(topic);
  const contains = words.toLowerCase();
  for (let i = 0; i < count; i++) {
    const packet = packetOf(i);
    shown[i] = !hiddenKinds.has(data.k[i])
      && (lane === "" || data.n[i] === +lane || data.p[i] === +lane || (nodes[+lane].kind === NodeKind.Link && linkAt[i] === +lane))
      && (type === "" || (packet !== null && packet.type === +type))
      && (connection === "" || data.c[i] === +connection)
      && (matches === null || (packet !== null && (matches(packet.topic) && packet.topic !== "" || packet.fields.includes(topic))))
      && (words === "" || wordsOf(i).includes(contains)) ? 1 : 0;
  }
  hidesIdleLanes = lane !== "" || connection !== "";
  if (hidesIdleLanes) showPeers();
  rearrange();
  say(`${order.length} of ${count} events are shown.`);
}

/** With one lane or connection chosen, packets still need both their ends. */
function showPeers() {
  for (let i = 0; i < count; i++) {
    if (data.k[i] === Kind.Sent && received[i] >= 0 && shown[i]) shown[received[i]] = 1;
  }
}

function rearrange() {
  layLanes();
  layRows();
  arrange(main);
  if (chosen.event >= 0 && !shown[chosen.event]) {
    chosen.event = -1;
    chosen.chain = new Set();
    showDetails(-1);
  }
  main.zoom = isQuietShortened ? Math.max(zoomOfAll(), Math.min(main.zoom, 6)) : main.zoom;
  clampView();
  layList();
  updateSearch(false);
  redraw();
}

function clearFilters() {
  for (const input of inputs) input.value = "";
  hiddenKinds.clear();
  for (const box of document.querySelectorAll("#kind-boxes input")) box.checked = true;
  applyFilters();
}

function updateSearch(goes) {
  const typed = element("search").value.trim().toLowerCase();
  hits.clear();
  if (typed !== "") for (const i of order) if (wordsOf(i).includes(typed)) hits.add(i);
  element("search-count").textContent = typed === "" ? "" : `${hits.size} found`;
  if (goes && hits.size > 0 && !hits.has(chosen.event)) choose(firstHit(1), false);
  renderRows();
}

/** The hit after the chosen event, or before it; round at the ends. */
function firstHit(direction) {
  const all = [...hits];
  if (direction > 0) return all.find(i => i > chosen.event) ?? all[0];
  return all.findLast(i => i < chosen.event) ?? all[all.length - 1];
}

function fillFilters() {
  const option = (value, words) => {
    const made = make("option", "", words);
    made.value = String(value);
    return made;
  };
  const [lane, type, connection] = inputs;
  nodes.forEach((node, i) => lane.append(option(i, node.name)));
  const types = new Set(packets.map(packet => packet.type));
  typeNames.forEach((name, i) => { if (types.has(i)) type.append(option(i, name)); });
  for (const i of new Set(data.c)) if (i !== 0) connection.append(option(i, texts[i]));

  const counts = new Map();
  for (const kind of data.k) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const [words, kinds] of kindGroups) {
    const total = kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
    if (total === 0) continue;
    const label = make("label");
    const box = make("input");
    box.type = "checkbox";
    box.checked = !(kinds.includes(Kind.Decision) && total > DecisionsMax);
    if (!box.checked) for (const kind of kinds) hiddenKinds.add(kind);
    box.addEventListener("change", () => {
      for (const kind of kinds) {
        if (box.checked) hiddenKinds.delete(kind);
        else hiddenKinds.add(kind);
      }
      applyFilters();
    });
    label.append(box, ` ${words} (${total})`);
    element("kind-boxes").append(label);
  }

  for (const input of inputs) input.addEventListener(input.tagName === "SELECT" ? "change" : "input", applyFilters);
  element("reset").addEventListener("click", () => {
    element("search").value = "";
    clearFilters();
  });
  const search = element("search");
  search.addEventListener("input", () => updateSearch(true));
  search.addEventListener("keydown", event => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (hits.size > 0) choose(firstHit(event.shiftKey ? -1 : 1));
  });
  document.querySelector(".filters").addEventListener("submit", event => event.preventDefault());
}
