# SPDX-License-Identifier: GPL-2.0-only
"""Drives a headless Chromium over its debugging pipe; needs nothing but Python."""

import base64
import json
import os
import subprocess
import tempfile


class Browser:
    """One page. Commands go out on the child's descriptor 3, answers come in on 4, each ends with a NUL."""

    def __init__(self, program, width=1400, height=1000):
        here_in, self.out = os.pipe()
        self.answers, here_out = os.pipe()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        move = 'exec 3<&%d 4>&%d; exec "$@"' % (here_in, here_out)
        self.child = subprocess.Popen(
            ["bash", "-c", move, "bash", program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--user-data-dir=" + self.profile.name,
             "--window-size=%d,%d" % (width, height), "--remote-debugging-pipe"],
            pass_fds=(here_in, here_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(here_in)
        os.close(here_out)
        self.rest, self.number, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        try:
            self.call("Browser.close")
        except EOFError:
            pass
        self.child.wait(20)
        self.profile.cleanup()

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.answers, 1 << 20)
            if not data:
                raise EOFError("the browser went away")
            self.rest += data
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        """Loads a page as if for the first time: a mere change of the part behind # would not."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        while not self.value("document.readyState === 'complete' && location.href !== 'about:blank'"):
            pass

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError("%s: %s" % (expression, answer["exceptionDetails"]))
        return answer["result"].get("value")

    def click(self, selector):
        """With the mouse, in the middle of what is there; fails when something else lies above it."""
        place = self.value(
            "(function () { var e = document.querySelector(%s), r; e.scrollIntoView({block: 'center'});"
            " r = e.getBoundingClientRect(); var x = r.x + r.width / 2, y = r.y + r.height / 2,"
            " top = document.elementFromPoint(x, y);"
            " return {x: x, y: y, free: e.contains(top) || top.contains(e)}; }())" % json.dumps(selector))
        if not place["free"]:
            raise RuntimeError("%s is covered" % selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place["x"], y=place["y"], button="left", clickCount=1)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, key, code):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def look(self, scheme="light", width=1400, height=1000):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def picture(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def paper(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"]))
