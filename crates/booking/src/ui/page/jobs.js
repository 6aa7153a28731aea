// The list of jobs, one of them in full, and the audit log.

import { $, announce, cell, confirmed, el, say, time } from "./dom.js";
import { QUEUES, STATES } from "./overview.js";
import { ask } from "./session.js";

let shown = { queue: "mails", state: "", cursor: null };

/** Fills the choices; the address says which were made, so that a reload keeps them. */
export function build() {
  const option = (value, text) => el("option", { value }, text);
  $("filter-queue").replaceChildren(...Object.keys(QUEUES).map((queue) => option(queue, queue)));
  $("filter-state").replaceChildren(option("", "all"), ...STATES.map((state) => option(state, state)));
  const asked = new URLSearchParams(location.hash.slice(1));
  if (asked.get("queue") in QUEUES) shown.queue = asked.get("queue");
  if (STATES.includes(asked.get("state"))) shown.state = asked.get("state");
  $("filter").addEventListener("submit", (event) => { event.preventDefault(); chosen(); });
  $("filter").addEventListener("change", chosen);
  $("newest").addEventListener("click", () => list({ cursor: null }));
  $("older").addEventListener("click", (event) => list({ cursor: event.target.dataset.next }));
  $("older-audit").addEventListener("click", (event) => listAudit(event.target.dataset.next));
  $("job-close").addEventListener("click", () => $("job").close());
  $("job-retry").addEventListener("click", () => act("retry"));
  $("job-discard").addEventListener("click", () => act("discard"));
}

function chosen() {
  list({ queue: $("filter-queue").value, state: $("filter-state").value, cursor: null });
}

/** Lists the jobs of a queue that stand so, and goes there. */
export async function showJobs(queue, state) {
  await list({ queue, state, cursor: null });
  $("jobs-title").focus();
  $("jobs-title").scrollIntoView();
}

/** Lists jobs; what is not given stays as it was. */
export async function list(change = {}) {
  shown = { ...shown, ...change };
  const { queue, state, cursor } = shown;
  $("filter-queue").value = queue;
  $("filter-state").value = state;
  history.replaceState(null, "", `${location.pathname}#${new URLSearchParams({ queue, state })}`);
  const query = new URLSearchParams();
  if (state) query.set("state", state);
  if (cursor) query.set("cursor", cursor);
  try {
    const { data, page } = await ask(`api/queues/${queue}/jobs?${query}`);
    if (shown.queue !== queue || shown.state !== state) return;
    $("jobs").tBodies[0].replaceChildren(...data.map(row));
    $("jobs").hidden = !data.length;
    $("no-jobs").hidden = data.length > 0;
    $("newest").hidden = !cursor;
    next($("older"), page);
  } catch (error) {
    announce(error.message);
  }
}

function next(button, page) {
  button.hidden = !page.next;
  button.dataset.next = page.next ?? "";
}

function row(job) {
  const look = el("button", { type: "button", onclick: () => open(job.id) }, job.id);
  return el("tr", {},
    cell("Job", look), cell("What", job.what), cell("State", job.state),
    cell("Booking", String(job.bookingId ?? "")), cell("Attempts", String(job.attempts)),
    cell("Came", time(job.createdAt)), cell("Due or ended", time(job.at)));
}

async function open(id) {
  const { queue } = shown;
  try {
    const { data } = await ask(`api/queues/${queue}/jobs/${id}`);
    say($("job-title"), `${data.what} ${data.id}`);
    const facts = { State: data.state, Attempts: data.attempts, Came: time(data.createdAt), "Due or ended": time(data.at), "Last error": data.lastError };
    $("job-facts").replaceChildren(...Object.entries(facts).filter(([, fact]) => fact !== null)
      .flatMap(([name, fact]) => [el("dt", {}, name), el("dd", {}, fact instanceof Node ? fact : String(fact))]));
    say($("job-payload"), JSON.stringify(data.payload, null, 2));
    $("job").dataset.path = `api/queues/${queue}/jobs/${id}`;
    $("job-retry").hidden = ["done", "discarded"].includes(data.state);
    $("job-discard").hidden = queue !== "mails" || ["done", "discarded", "running"].includes(data.state);
    if (!$("job").open) $("job").showModal();
  } catch (error) {
    announce(error.message);
  }
}

async function act(action) {
  if (action === "discard" && !(await confirmed("Give this mail up for good? It is not sent any more."))) return;
  try {
    const { message } = await ask(`${$("job").dataset.path}/${action}`, "POST");
    announce(`${action}: ${message}`);
  } catch (error) {
    announce(error.message);
  }
  $("job").close();
  await Promise.all([list(), listAudit()]);
}

/** Lists who did what, newest first. */
export async function listAudit(cursor) {
  try {
    const { data, page } = await ask(`api/audit${cursor ? `?${new URLSearchParams({ cursor })}` : ""}`);
    const rows = data.map(auditRow);
    const body = $("audit").tBodies[0];
    cursor ? body.append(...rows) : body.replaceChildren(...rows);
    $("audit").hidden = !body.children.length;
    $("no-audit").hidden = body.children.length > 0;
    next($("older-audit"), page);
  } catch (error) {
    announce(error.message);
  }
}

function auditRow(line) {
  const changed = line.changed === null ? "" : ` (${line.changed})`;
  return el("tr", {},
    cell("When", time(line.at)), cell("Account", String(line.actorId)), cell("What", line.action.toLowerCase()),
    cell("Queue", line.queue), cell("Job", line.jobId ?? ""), cell("Outcome", `${line.outcome.toLowerCase()}${changed}`));
}
