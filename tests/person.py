"""Someone who is logged in at a running Stadtlabor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.sync.client import connect

PATIENCE_S = 90.0


@dataclass
class Person:
    """Someone who is logged in and whose server runs."""

    name: str
    client: httpx.Client
    base: str

    def token(self) -> dict[str, str]:
        """Return the header that the server wants with everything but GET."""
        path = httpx.URL(self.base).path
        found = [c for c in self.client.cookies.jar if c.name == "_xsrf" and c.path == path]
        return {"X-XSRFToken": str(found[0].value)}

    def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request to the own server."""
        return self.client.request(method, self.base + path, headers=self.token(), **content)

    def kernel(self, folder: str = "") -> str:
        """Start a kernel as for a notebook in a folder and return its number."""
        begun = self.ask("POST", "api/kernels", json={"name": "python3", "path": folder})
        return str(begun.raise_for_status().json()["id"])

    def execute(self, kernel: str, code: str) -> tuple[str, dict[str, Any]]:
        """Run code in a kernel, return what it prints and the kernel's answer."""
        url = self.base.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels"
        pairs = [f"{c.name}={c.value}" for c in self.client.cookies.jar if c.path in url]
        header = {"msg_id": "1", "msg_type": "execute_request", "session": "t", "version": "5.3"}
        content = {"code": code, "silent": False, "allow_stdin": False}
        with connect(url, additional_headers={"Cookie": "; ".join(pairs)}) as channel:
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            channel.send(json.dumps({**message, "channel": "shell", "buffers": []}))
            printed, reply, idle = "", None, False
            # Answer and output come by different ways, so in any order.
            while reply is None or not idle:
                told = json.loads(channel.recv(timeout=PATIENCE_S))
                if told["parent_header"].get("msg_id") != "1":
                    continue
                if told["msg_type"] == "stream":
                    printed += told["content"]["text"]
                if told["msg_type"] == "execute_reply":
                    reply = told["content"]
                if told["msg_type"] == "status":
                    idle = told["content"]["execution_state"] == "idle"
        return printed, reply

    def run(self, code: str, folder: str = "") -> str:
        """Start a kernel as for a notebook in a folder, run code, return what it prints."""
        kernel = self.kernel(folder)
        printed, reply = self.execute(kernel, code)
        self.ask("DELETE", f"api/kernels/{kernel}")
        assert reply["status"] == "ok", reply.get("traceback")
        return printed
