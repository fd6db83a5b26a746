"""Read and check a newsmorgue archive, from archive/FORMAT.md alone.

python3 read_archive.py ARCHIVE      one line a record: id, type, date, URL
python3 read_archive.py ARCHIVE ID   the block of one record, by its index row

Standard library only, and the zstd command. It checks journal lines, index
rows, roots, the chain of segments, and the digests of every record.
"""

import base64
import hashlib
import json
import os
import struct
import subprocess
import sys

ZSTD = bytes.fromhex("28b52ffd")


def crc32c_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


TABLE = crc32c_table()


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for b in data:
        crc = crc >> 8 ^ TABLE[(crc ^ b) & 255]
    return crc ^ 0xFFFFFFFF


def unzstd(data):
    return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout


def need(condition, what):
    if not condition:
        sys.exit("damaged: " + what)


def block(record):
    """The head and the payload of a record."""
    head = b""
    if http := record.get("http"):
        if "raw" in http:
            head = base64.b64decode(http["raw"])
        else:
            lines = [http["start"]] + [n + ": " + v for n, v in http["headers"]] + ["", ""]
            head = "\r\n".join(lines).encode("latin-1" if http.get("latin1") else "utf-8")
    if "text" in record:
        return head, record["text"].encode()
    if "latin1" in record:
        return head, record["latin1"].encode("latin-1")
    return head, base64.b64decode(record.get("base64", ""))


def check(record):
    head, payload = block(record)
    name = record["WARC-Record-ID"]
    need(len(head) + len(payload) == int(record["Content-Length"]), name + ": length")
    for field, data in ("WARC-Block-Digest", head + payload), ("WARC-Payload-Digest", payload):
        if field == "WARC-Payload-Digest" and ("head" in record or "Newsmorgue-Import-ID" in record or record["WARC-Type"] not in ("response", "resource", "conversion")):
            continue
        algorithm, _, digest = record.get(field, "").partition(":")
        if algorithm == "sha256":
            need(hashlib.sha256(data).hexdigest() == digest, name + ": " + field)


def merkle(leaves):
    """The root of RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:])).digest()


class Sealed:
    def __init__(self, path):
        self.file = open(path, "rb")
        size = os.path.getsize(path)
        self.file.seek(size - 24)
        trailer = self.file.read(24)
        length, whole, crc, mark = struct.unpack("<QQI4s", trailer)
        need(mark == b"NMX1" and whole == size, path + ": trailer")
        self.end = size - 24 - length - 8
        self.file.seek(self.end)
        magic, content = struct.unpack("<II", self.file.read(8))
        index = self.file.read(length)
        need(magic == 0x184D2A5F and content == length + 24, path + ": index frame")
        need(crc32c(index, crc32c(trailer[:16])) == crc, path + ": index checksum")
        lines = unzstd(index).splitlines()
        self.header = json.loads(lines[0])
        self.rows = [json.loads(line) for line in lines[1:]]
        need(len(self.rows) == self.header["records"], path + ": rows")

    def frame(self, i):
        starts = [f[0] for f in self.header["frames"]] + [self.end]
        self.file.seek(starts[i])
        return unzstd(self.file.read(starts[i + 1] - starts[i]))

    def lines(self):
        for i in range(len(self.header["frames"])):
            data = self.frame(i)
            for row in (r for r in self.rows if r[8] == i):
                yield row, data[row[9] : row[9] + row[10]]

    def records(self):
        leaves = []
        for row, line in self.lines():
            record = json.loads(line)
            name = record["WARC-Record-ID"]
            need(name in (row[0], "<urn:uuid:%s>" % row[0]), name + ": index row")
            need(record["WARC-Type"] == row[1] and record.get("WARC-Target-URI", "") == row[3], name + ": index row")
            leaf = hashlib.sha256(b"\0" + line).digest()
            if "newsmorgue.tombstone/" in record.get("Content-Type", ""):
                leaf = bytes.fromhex(record["Newsmorgue-Leaf"].removeprefix("sha256:"))
            leaves.append(leaf)
            yield record
        need("sha256:" + merkle(leaves).hex() == self.header["root"], self.header["segment"] + ": root")


def journal(data):
    lines = data.split(b"\n")
    torn = lines.pop()  # a last line without its line feed, or nothing
    for i, line in enumerate(lines):
        if crc32c(line[9:]) == int(line[:8], 16):
            yield json.loads(line[9:])
        else:
            need(i == len(lines) - 1 and not torn, "journal line %d" % i)


def segments(archive):
    folder = os.path.join(archive, "segments")
    names = sorted(os.listdir(folder))
    for name in names:
        path = os.path.join(folder, name)
        if name.startswith("."):
            continue
        if name.endswith(".jsonl.zst"):
            yield Sealed(path)
        elif name.endswith(".journal") and name.replace(".journal", ".jsonl.zst") not in names:
            with open(path, "rb") as f:
                start = f.read(4)
            yield Sealed(path) if start == ZSTD else path


def main(archive, wanted=None):
    with open(os.path.join(archive, "archive.json")) as f:
        info = json.load(f)
    need(info["format"] == "newsmorgue-archive" and info["version"] == 1, "archive.json")
    roots, previous = {""}, set()
    for segment in segments(archive):
        if isinstance(segment, Sealed):
            if wanted:
                for row in segment.rows:
                    if row[0] == wanted:
                        line = segment.frame(row[8])[row[9] : row[9] + row[10]]
                        sys.stdout.buffer.write(b"".join(block(json.loads(line))))
                continue
            roots |= {segment.header["root"], segment.header.get("rescued", {}).get("root", "")}
            previous.add(segment.header["previous"])
            records = segment.records()
        else:
            with open(segment, "rb") as f:
                records = list(journal(f.read()))
        for record in records:
            if not wanted:
                check(record)
                print(record["WARC-Record-ID"], record["WARC-Type"], record["WARC-Date"], record.get("WARC-Target-URI", ""))
    need(previous <= roots, "a segment is missing from the chain")


if __name__ == "__main__":
    main(*sys.argv[1:])
