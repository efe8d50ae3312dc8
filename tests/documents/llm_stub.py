# ruff: noqa: SIM115, PLR0911, C901
"""An LLM on loopback that speaks OpenAI's /v1/chat/completions and Anthropic's /v1/messages and answers what answers.json says.

    llm_stub.py --port 9099 --answers CASE/answers.json --log llm.jsonl

answers.json: {"items": [{kind, name, quote, value, unit, summary?}]} for every call whose kinds fit, or {"finish_reason": "length", "times": n,
"body": cut JSON, "then_items": [...]}. The items are poured into whatever JSON schema the caller asks for (response_format.json_schema or the first
tool's input_schema): the array of objects takes one object an item, its properties are filled by their names (quote|text|evidence|full -> quote, name|title,
value|amount, unit|currency, kind|type, summary|description, reason ...; anything else gets a value of its type). Only items whose quote stands in the prompt
or that are flagged invented by not standing in it are all sent: the stub never filters. The log keeps every prompt's length, text and answer.
"""

import argparse
import http.server
import json
import re
import threading

LOCK = threading.Lock()
CALLS = [0]
PICK = [
    (r"quote|evidence|full_?text|source_?text|verbatim|exact", "quote"),
    (r"^(item_)?name|title|label|alias", "name"),
    (r"value|amount", "value"),
    (r"unit|currency", "unit"),
    (r"kind|type|category|class", "kind"),
    (r"summary|descr|reason|note", "summary"),
]


def schema_of(req):
    for f in (
        (req.get("response_format") or {}).get("json_schema") or {},
        (req.get("output_config") or {}).get("format") or {},
        req.get("output_format") or {},
    ):
        if f.get("schema"):
            return f["schema"]
    for t in req.get("tools") or []:
        s = t.get("input_schema") or (t.get("function") or {}).get("parameters")
        if s:
            return s
    return {
        "type": "object",
        "properties": {
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {k: {"type": "string"} for k in ("kind", "name", "quote", "value", "unit")},
                },
            }
        },
    }


def fill(s, item, root, name=""):
    while "$ref" in s:
        node = root
        for part in s["$ref"].lstrip("#/").split("/"):
            node = node[part]
        s = node
    for alt in ("anyOf", "oneOf"):
        if alt in s:
            s = next((x for x in s[alt] if x.get("type") != "null"), s[alt][0])
            return fill(s, item, root, name)
    t = s.get("type")
    t = t[0] if isinstance(t, list) else t
    if t == "object" or "properties" in s:
        return {k: fill(v, item, root, k) for k, v in s.get("properties", {}).items()}
    if t == "array":
        return (
            [fill(s.get("items", {}), item, root, name)] if name and re.search("quote|evidence", name) else []
        )
    v = next((item.get(f) for pat, f in PICK if re.search(pat, name, re.IGNORECASE)), None)
    if s.get("enum"):
        return v if v in s["enum"] else s["enum"][0]
    if t in ("number", "integer"):
        return v if isinstance(v, (int, float)) else 0
    if t == "boolean":
        return item.get("kind") != "exclusion"
    return "" if v is None else str(v)


def answer(s, items):
    """The first array of objects in the schema takes the items; everything else is filled plainly."""

    def walk(node, name=""):
        while "$ref" in node:
            ref = s
            for part in node["$ref"].lstrip("#/").split("/"):
                ref = ref[part]
            node = ref
        if node.get("type") == "array" and (node.get("items") or {}).get("type", "object") == "object":
            return [fill(node["items"], i, s) for i in items]
        if "properties" in node:
            return {k: walk(v, k) for k, v in node["properties"].items()}
        return fill(node, items[0] if items else {}, s, name)

    return walk(s)


class Stub(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a):
        pass

    def do_POST(self):
        req = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        with LOCK:
            CALLS[0] += 1
            n = CALLS[0]
        cut = A.get("finish_reason") == "length" and n <= A.get("times", 1)
        items = A.get("then_items") if A.get("finish_reason") else A.get("items", [])
        body = A["body"] if cut else json.dumps(answer(schema_of(req), items), ensure_ascii=False)
        prompt = json.dumps(req, ensure_ascii=False)
        use = (len(prompt) // 4, len(body) // 4)
        if "/messages" in self.path:
            tool = (req.get("tools") or [{}])[0].get("name")
            content = (
                [
                    {
                        "type": "tool_use",
                        "id": f"toolu_{n}",
                        "name": tool,
                        "input": json.loads(body) if not cut else {},
                    }
                ]
                if tool
                else [{"type": "text", "text": body}]
            )
            out = {
                "id": f"msg_{n}",
                "type": "message",
                "role": "assistant",
                "model": req.get("model"),
                "content": content,
                "stop_reason": "max_tokens" if cut else ("tool_use" if tool else "end_turn"),
                "stop_sequence": None,
                "usage": {"input_tokens": use[0], "output_tokens": use[1]},
            }
        else:
            tool = ((req.get("tools") or [{}])[0].get("function") or {}).get("name")
            msg = {"role": "assistant", "content": None if tool else body}
            if tool:
                msg["tool_calls"] = [
                    {"id": f"call_{n}", "type": "function", "function": {"name": tool, "arguments": body}}
                ]
            out = {
                "id": f"c_{n}",
                "object": "chat.completion",
                "created": 0,
                "model": req.get("model"),
                "choices": [
                    {
                        "index": 0,
                        "message": msg,
                        "finish_reason": "length" if cut else ("tool_calls" if tool else "stop"),
                    }
                ],
                "usage": {"prompt_tokens": use[0], "completion_tokens": use[1], "total_tokens": sum(use)},
            }
        with LOCK:
            LOG.write(
                json.dumps(
                    {
                        "n": n,
                        "path": self.path,
                        "prompt_chars": len(prompt),
                        "prompt": prompt,
                        "answer": body,
                    },
                    ensure_ascii=False,
                )
                + "\n"
            )
            LOG.flush()
        data = json.dumps(out, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--port", type=int, required=True)
    ap.add_argument("--answers", required=True)
    ap.add_argument("--log", default="llm.jsonl")
    a = ap.parse_args()
    A = json.load(open(a.answers, encoding="utf-8"))
    LOG = open(a.log, "w", encoding="utf-8")
    http.server.ThreadingHTTPServer(("127.0.0.1", a.port), Stub).serve_forever()
