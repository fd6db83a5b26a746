"""Check a newsmorgue proof, from archive/FORMAT.md alone ("Proofs").

python3 read_proof.py FILE   one line a record: its segment, ID, type and URL

Standard library only. It checks everything but the signatures of time stamps: it prints
the digest of each, for openssl ts -verify -token_in -in TOKEN -digest DIGEST -CAfile ROOTS.
"""

import base64
import hashlib
import json
import sys


def need(condition, what):
    if not condition:
        sys.exit("wrong: " + what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2)."""
    need(0 <= index < size, "index")
    last = size - 1
    for sibling in map(bytes.fromhex, path):
        need(last > 0, "path too long")
        if index % 2 or index == last:
            leaf = sha256(b"\1", sibling, leaf)
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            leaf = sha256(b"\1", leaf, sibling)
        index, last = index // 2, last // 2
    need(last == 0, "path too short")
    return "sha256:" + leaf.hex()


def once(members):
    need(len(dict(members)) == len(members), "a member twice")
    return dict(members)


def main(path):
    with open(path, encoding="utf-8") as f:
        proof = json.load(f, object_pairs_hook=once)
    need(proof["format"] == "newsmorgue-proof" and proof["version"] == 1, "format")
    segments = {s["segment"]: s for s in proof["segments"]}
    need(len(segments) == len(proof["segments"]), "segment twice")
    for r in proof["records"]:
        line = r["line"].encode() if "line" in r else base64.b64decode(r["base64"])
        record, segment = json.loads(line, object_pairs_hook=once), segments[r["segment"]]
        leaf = sha256(b"\0", line)
        if r.get("erased"):
            need("newsmorgue.tombstone/" in record["Content-Type"], "not a tombstone")
            leaf = bytes.fromhex(record["Newsmorgue-Leaf"].removeprefix("sha256:"))
        need(root(leaf, r["index"], segment["records"], r["path"]) == segment["root"], "not in the segment")
        print(r["segment"], record["WARC-Record-ID"], record["WARC-Type"], record.get("WARC-Target-URI", ""))
    for stamp in proof.get("stamps", []):
        need(stamp["segments"], "time stamp of nothing")
        for s in stamp["segments"]:
            it = segments[s["segment"]]
            text = "newsmorgue-segment/1 %s %s %d %s" % (proof["archive"], it["segment"], it["records"], it["root"])
            leaf = sha256(b"\0", text.encode("ascii"))
            need(root(leaf, s["index"], stamp["size"], s["path"]) == stamp["digest"], "segment not stamped")
        print("stamped:", stamp["digest"], "by", stamp["tsa"])


if __name__ == "__main__":
    main(*sys.argv[1:])
