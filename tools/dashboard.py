#!/usr/bin/env python3
"""Works the queue dashboard in a real browser, by keyboard alone, and takes its pictures.

    tools/dashboard.py URL EMAIL PASSWORD_FILE FOLDER [SECONDS]

With SECONDS it stays so long at the end, longer than a token lives, and must still be signed in. URL is where the page is (http://127.0.0.1:4000/ui). Writes dashboard.png, dashboard-dark.png and
dashboard-phone.png to FOLDER. Fails, saying why, when the page asks another host, reports an error,
hides the focus, or is wider than a phone. Needs Chromium (CHROMIUM, or `chromium` in the PATH).
"""

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

PATIENCE = 30
WIDE, PHONE = (1280, 900), (390, 844)


class Browser:
    """Chromium with one page, told what to do over a pipe (the DevTools protocol)."""

    def __init__(self, program, folder):
        # The browser reads descriptor 3 and writes 4; ours must be elsewhere before it is started.
        theirs_in, self.to = map(elsewhere, os.pipe())
        self.back, theirs_out = map(elsewhere, os.pipe())

        def connect():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        arguments = [
            program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run",
            "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--hide-scrollbars", f"--user-data-dir={folder}", "about:blank",
        ]
        self.process = subprocess.Popen(
            arguments, preexec_fn=connect, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": folder}, start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.numbers, self.text, self.events, self.session = itertools.count(1), b"", [], None
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.tell(f"{domain}.enable")

    def tell(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def read(self):
        while b"\0" not in self.text:
            if not select.select([self.back], [], [], PATIENCE)[0]:
                sys.exit("the browser does not answer")
            piece = os.read(self.back, 1 << 20)
            if not piece:
                sys.exit("the browser ended")
            self.text += piece
        message, self.text = self.text.split(b"\0", 1)
        return json.loads(message)

    def ask(self, script):
        """The value of an expression in the page."""
        result = self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, what, script):
        end = time.monotonic() + PATIENCE
        while not self.ask(script):
            if time.monotonic() > end:
                sys.exit(f"not within {PATIENCE} s: {what}\n{self.ask('document.body.innerText')}")
            time.sleep(0.1)

    def press(self, key, shift=False):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27}
        event = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": 8 if shift else 0}
        text = {"text": "\r"} if key == "Enter" else {}
        self.tell("Input.dispatchKeyEvent", type="keyDown", **event, **text)
        self.tell("Input.dispatchKeyEvent", type="keyUp", **event)

    def write(self, text):
        self.tell("Input.insertText", text=text)

    def look(self, size, scheme):
        (width, height), is_phone = size, size == PHONE
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2 if is_phone else 1, mobile=is_phone,
        )
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        time.sleep(0.3)

    def picture(self, file, height):
        """The page from its top, as long as it is but for `height`."""
        whole = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": whole["width"], "height": min(whole["height"], height), "scale": 1}
        taken = self.tell("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        data = taken["data"]
        file.write_bytes(base64.b64decode(data))

    def close(self):
        """Ends all its processes, also those that would still write for a moment."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


def elsewhere(descriptor):
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


def remove(folder):
    """A process that was killed may be gone a moment later."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.1)


VISIBLE = "document.getElementById('{}')?.checkVisibility()"
FOCUSED = """(() => {
  const { tagName, id, textContent } = document.activeElement;
  const style = getComputedStyle(document.activeElement);
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { what: `${tagName} ${id} ${textContent.slice(0, 30)}`, tag: tagName, shown };
})()"""


def sign_in(browser, email, password):
    browser.wait("the sign-in form", VISIBLE.format("sign-in"))
    browser.write(email)
    browser.press("Tab")
    browser.write("not the password")
    browser.press("Enter")
    browser.wait("a refusal", "document.getElementById('sign-in-error').textContent !== ''")
    browser.ask("document.getElementById('password').value = ''")
    browser.write(password)
    browser.press("Enter")
    browser.wait("the dashboard", VISIBLE.format("dashboard"))
    browser.wait("numbers", "document.getElementById('live').dataset.live === 'yes'")


def walk(browser):
    """Tabs through the page: each stop is a control, and seen to have the focus."""
    faults, seen = [], set()
    for _ in range(60):
        browser.press("Tab")
        stop = browser.ask(FOCUSED)
        if stop["tag"] == "BODY":
            break
        seen.add(stop["what"])
        if not stop["shown"]:
            faults.append(f"the focus is not seen on {stop['what']}")
    if len(seen) < 20:
        faults.append(f"only {len(seen)} stops by keyboard: {sorted(seen)}")
    return faults


def open_and_close_a_job(browser):
    browser.wait("a job", "document.querySelector('#jobs td button') !== null")
    browser.ask("document.querySelector('#jobs td button').focus()")
    browser.press("Enter")
    browser.wait("the job", "document.getElementById('job').open")
    text = browser.ask("document.getElementById('job').innerText")
    browser.press("Escape")
    browser.wait("the list", "!document.getElementById('job').open")
    return [] if "•••" in text else ["a job's payload is not masked"]


def pause_and_resume(browser):
    button = "document.querySelector('#queues article:last-child .row button')"
    faults = []
    for before, after in [("Pause", "Resume"), ("Resume", "Pause")]:
        browser.wait(before, f"{button}.textContent === '{before}'")
        browser.ask(f"{button}.focus()")
        browser.press("Enter")
        if before == "Pause":
            browser.wait("a question", "document.getElementById('confirm').open")
            browser.press("Tab", shift=True)
            browser.press("Enter")
        browser.wait(f"{before} is seen", f"{button}.textContent === '{after}'")
        said = browser.ask("document.getElementById('status').textContent")
        if before.lower() not in said:
            faults.append(f"{before} was not announced: {said}")
    return faults


def stay(browser, seconds):
    """Stays longer than a token lives: the page gets the next one before anything is refused."""
    time.sleep(seconds)
    browser.ask("document.querySelector('#jobs tbody').replaceChildren()")
    browser.ask("document.getElementById('filter').requestSubmit()")
    browser.wait("the jobs again", "document.querySelector('#jobs td button') !== null")
    asked = [event["params"]["request"]["url"] for event in browser.events
             if event["method"] == "Network.requestWillBeSent"]
    return [] if any(url.endswith("/refresh") for url in asked) else ["the token was not refreshed"]


def complaints(browser, url):
    """What the page asked elsewhere, and what it reported. The refused sign-in is meant to be."""
    origin, faults = urllib.parse.urlsplit(url).netloc, []
    for event in browser.events:
        about = event.get("params", {})
        if event["method"] == "Network.requestWillBeSent":
            asked = urllib.parse.urlsplit(about["request"]["url"])
            if asked.scheme in ("http", "https") and asked.netloc != origin:
                faults.append(f"asks {about['request']['url']}")
        if event["method"] == "Runtime.exceptionThrown":
            faults.append(f"throws {about['exceptionDetails'].get('exception', about)}")
        if event["method"] == "Log.entryAdded" and about["entry"]["level"] == "error":
            if not about["entry"].get("url", "").endswith("signin"):
                faults.append(f"reports {about['entry']['text']} {about['entry'].get('url', '')}")
    return faults


def main():
    url, email, password_file, folder, *seconds = sys.argv[1:]
    folder = pathlib.Path(folder)
    password = pathlib.Path(password_file).read_text().strip()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("chromium is not installed")
    profile = tempfile.mkdtemp(prefix="airside-dashboard-")
    browser = Browser(program, profile)
    try:
        browser.look(WIDE, "light")
        browser.tell("Page.navigate", url=url)
        sign_in(browser, email, password)
        faults = walk(browser) + open_and_close_a_job(browser) + pause_and_resume(browser)
        browser.ask("document.activeElement.blur(); scrollTo(0, 0)")
        browser.picture(folder / "dashboard.png", 1600)
        browser.look(WIDE, "dark")
        browser.picture(folder / "dashboard-dark.png", 1600)
        browser.look(PHONE, "light")
        browser.picture(folder / "dashboard-phone.png", PHONE[1])
        width = browser.ask("document.documentElement.scrollWidth")
        if width > PHONE[0]:
            faults.append(f"{width} pixels wide on a phone of {PHONE[0]}")
        if seconds:
            faults += stay(browser, int(seconds[0]))
        faults += complaints(browser, url)
    finally:
        browser.close()
        remove(profile)
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
