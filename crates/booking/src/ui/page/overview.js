// All queues and the work beside the requests, live.

import { $, announce, confirmed, el, say, span, when } from "./dom.js";
import { ask, open } from "./session.js";

/** States, in the order in which they are shown. */
export const STATES = ["waiting", "running", "delayed", "failed", "dead", "discarded", "done"];

// Nothing of the outbox is ever given up or dropped.
const statesOf = (queue) => STATES.filter((state) => queue === "mails" || state !== "discarded");

/** Queues by name, with what they are. */
export const QUEUES = {
  "hold.sell": "Outbox: seats to be sold",
  "hold.release": "Outbox: seats to be given back",
  email: "Outbox: mails to be handed over",
  mails: "Mails to be sent",
};

const WORKERS = {
  sweeper: "Ends bookings that nobody paid",
  reconciler: "Finds out what became of payments",
  refunds: "Gives money back",
};

const cards = new Map();

/** Builds the cards; `show(queue, state)` is called for who wants to see jobs. */
export function build(show, acted) {
  for (const [queue, what] of Object.entries(QUEUES)) cards.set(queue, queueCard(queue, what, show, acted));
  for (const [worker, what] of Object.entries(WORKERS)) cards.set(worker, workerCard(worker, what));
  $("queues").replaceChildren(...Object.keys(QUEUES).map((name) => cards.get(name).node));
  $("workers").replaceChildren(...Object.keys(WORKERS).map((name) => cards.get(name).node));
}

function queueCard(queue, what, show, acted) {
  const part = (attributes) => el("p", { class: "quiet", ...attributes });
  const [paused, age, rates, redis] = [el("span", { class: "badge" }), part({}), part({}), part({ hidden: "" })];
  const counts = new Map(statesOf(queue).map((state) => [state, count(queue, state, show)]));
  const pause = el("button", { type: "button", onclick: () => act(queue, pause.dataset.action, acted) }, "Pause");
  pause.dataset.action = "pause";
  const again = queue === "mails" ? "Replay all dead" : "Retry all failed";
  const replay = el("button", { type: "button", onclick: () => act(queue, "replay", acted) }, again);
  const node = el("article", { class: "card", "aria-label": what },
    el("div", { class: "head" }, el("h3", {}, queue), paused),
    el("p", {}, what),
    el("ul", { class: "counts" }, ...[...counts.values()].map((counted) => counted.node)),
    age, rates, redis,
    el("div", { class: "row" }, pause, replay));
  return { node, paused, age, rates, redis, counts, pause };
}

function count(queue, state, show) {
  const number = el("b", {}, "–");
  const button = el("button", { type: "button", "data-state": state, onclick: () => show(queue, state) }, number, state);
  return { node: el("li", {}, button), number, button };
}

function workerCard(worker, what) {
  const lag = el("p", {});
  const replicas = el("ul", { class: "quiet" });
  const node = el("article", { class: "card", "aria-label": worker },
    el("h3", {}, worker), el("p", {}, what), lag, replicas);
  return { node, lag, replicas };
}

const QUESTIONS = {
  pause: (queue) => `Pause ${queue} on all replicas? It stands still until somebody resumes it.`,
  replay: (queue) => `Have everything in ${queue} that failed tried again now?`,
};

async function act(queue, action, acted) {
  if (QUESTIONS[action] && !(await confirmed(QUESTIONS[action](queue)))) return;
  try {
    const { message, data } = await ask(`api/queues/${queue}/${action}`, "POST");
    announce(action === "replay" ? `${queue}: ${data.changed} to be tried again` : `${queue}: ${action}. ${message}.`);
    acted(queue);
  } catch (error) {
    announce(`${queue}: ${error.message}`);
  }
}

function showQueue(name, state) {
  const card = cards.get(name);
  for (const [of, { number, button }] of card.counts) {
    say(number, state ? String(state.counts[of]) : "?");
    button.dataset.some = state?.counts[of] > 0 ? "yes" : "no";
  }
  say(card.age, state ? `Oldest: ${state.oldestSeconds ? span(state.oldestSeconds) : "none"}` : "Notification does not answer");
  say(card.rates, state ? `Last minute: ${state.cameLastMinute} came, ${state.doneLastMinute} done` : "");
  say(card.paused, state?.paused ? `Paused ${when(state.paused.since)} by account ${state.paused.by}` : "");
  card.pause.dataset.action = state?.paused ? "resume" : "pause";
  say(card.pause, state?.paused ? "Resume" : "Pause");
}

function showWorker({ worker, due, lagSeconds, replicas }) {
  const card = cards.get(worker);
  say(card.lag, due ? `Due: ${due}, for ${span(lagSeconds)}` : "Nothing is due");
  const lines = replicas.map((replica) => {
    const last = replica.lastWorkAt ? `; last dealt with ${replica.lastWork}, ${when(replica.lastWorkAt)}` : "; had nothing to do yet";
    const result = replica.failures ? `failed ${replica.failures} times in a row` : "ran well";
    return `…${replica.replica.slice(-6)} ${result} ${when(replica.lastRunAt)}${last}`;
  });
  if (!lines.length) lines.push("No replica has run in the last ten minutes");
  while (card.replicas.children.length > lines.length) card.replicas.lastChild.remove();
  while (card.replicas.children.length < lines.length) card.replicas.append(el("li"));
  lines.forEach((line, index) => say(card.replicas.children[index], line));
}

/** Shows what was seen. */
export function show({ outbox, mails, workers }) {
  for (const topic of outbox) showQueue(topic.queue, topic);
  showQueue("mails", mails?.ledger);
  const { redis } = cards.get("mails");
  redis.hidden = !mails;
  const depth = mails?.redis;
  say(redis, depth
    ? `In Redis: ${depth.waiting} waiting, ${depth.scheduled} scheduled, ${depth.inFlight} at workers, ${depth.dead} unreadable`
    : "Redis does not answer");
  for (const worker of workers) showWorker(worker);
  tellTrouble(outbox, mails);
}

let told = "";

// Numbers change every second: only what somebody should do something about is said aloud.
function tellTrouble(outbox, mails) {
  const all = [...outbox.map((topic) => [topic.queue, topic.counts]), ["mails", mails?.ledger.counts]];
  const trouble = all.filter(([, counts]) => counts && counts.failed + counts.dead > 0)
    .map(([queue, counts]) => `${queue}: ${counts.failed} failed, ${counts.dead} dead`).join("; ");
  if (trouble !== told) announce(trouble || "Nothing fails");
  told = trouble;
}

function live(is, text) {
  $("live").hidden = false;
  $("live").dataset.live = is ? "yes" : "no";
  say($("live"), text);
}

const pause = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));

/** Follows the events until `signal`; asks again when the stream ends, which it does by itself. */
export async function follow(signal) {
  for (let failures = 0; !signal.aborted;) {
    try {
      const response = await open("api/events", { signal });
      failures = 0;
      await read(response.body.getReader());
      await pause(500);
    } catch (error) {
      if (signal.aborted || error.status === 401) return;
      failures += 1;
      live(false, "Not live, trying again");
      await pause(Math.min(500 * 2 ** failures, 15000));
    }
  }
}

// EventSource cannot send a token, so the format (HTML, 9.2) is read here: events of ours have a name
// and one line of data.
async function read(reader) {
  const decoder = new TextDecoder();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
    text = events.pop();
    events.forEach(handle);
  }
}

function handle(event) {
  const field = (name) => event.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  if (field("event") === "overview") {
    show(JSON.parse(field("data")));
    live(true, "Live");
  } else if (field("event") === "away") {
    live(false, "The database does not answer");
  }
}
