# ruff: noqa
import http.client, json, os
from urllib.parse import urlsplit
from stadtlabor import data
from stadtlabor.dataservice.client import _LocalConnection

TOKEN = os.environ.setdefault("ORIGINAL", os.environ.get("JUPYTERHUB_API_TOKEN", ""))
os.environ["JUPYTERHUB_API_TOKEN"] = TOKEN
os.environ["STADTLABOR_PURPOSE"] = "teaching"
os.environ.pop("STADTLABOR_DATASETS", None)


def raw(method, path, body=None, headers={}, token=TOKEN):
    link = _LocalConnection(f"{PLACE}/run/data/data.sock")
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    link.request(method, path, content, {"Authorization": f"token {token}", **headers})
    return link.getresponse().read()


def shown(content):
    try:
        import pyarrow as pa

        return pa.ipc.open_stream(content).read_all().to_pandas().to_string()
    except Exception:
        return content.decode(errors="replace")


def ask(body, headers={}, quiet=False, token=TOKEN):
    found = shown(raw("POST", "/read", body, headers, token))
    if not quiet:
        print(found)


def hub(method, path, body):
    address = urlsplit(os.environ["JUPYTERHUB_API_URL"])
    link = http.client.HTTPConnection(address.hostname, address.port)
    link.request(method, address.path + path, json.dumps(body), {"Authorization": f"token {TOKEN}"})
    answer = link.getresponse()
    content = answer.read()
    print(answer.status, content[:300])
    try:
        made = json.loads(content).get("token")
    except Exception:
        made = None
    if made:
        ask({"dataset": "secret", "purpose": "administration"}, token=made)
