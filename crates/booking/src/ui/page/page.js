// Signed in or not.

import { $, announce, say } from "./dom.js";
import * as jobs from "./jobs.js";
import * as overview from "./overview.js";
import { signIn, signOut, whenOver } from "./session.js";

let following = null;

function showSignIn() {
  following?.abort();
  following = null;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  $("dashboard").hidden = true;
  $("sign-out").hidden = true;
  $("live").hidden = true;
  $("sign-in").hidden = false;
  $("email").focus();
}

function showDashboard() {
  $("sign-in").hidden = true;
  $("dashboard").hidden = false;
  $("sign-out").hidden = false;
  announce("Signed in");
  following = new AbortController();
  overview.follow(following.signal);
  jobs.list();
  jobs.listAudit();
  $("queues-title").tabIndex = -1;
  $("queues-title").focus();
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  say($("sign-in-error"), "");
  button.disabled = true;
  try {
    await signIn(form.email.value.trim(), form.password.value);
    form.reset();
    showDashboard();
  } catch (error) {
    say($("sign-in-error"), error.message);
    form.password.focus();
  } finally {
    button.disabled = false;
  }
}

overview.build(jobs.showJobs, () => { jobs.list(); jobs.listAudit(); });
jobs.build();
$("sign-in").querySelector("form").addEventListener("submit", submit);
$("sign-out").addEventListener("click", async () => {
  showSignIn();
  await signOut();
  announce("Signed out");
});
whenOver(() => {
  showSignIn();
  announce("The session is over: sign in again");
});
showSignIn();
