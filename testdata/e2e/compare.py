"""Compares the rows that a reader prints with the truth, cell by cell, in their order
within each table unless --any-order.

usage: python3 compare.py FLAGS SCHEMA TRUTH < ROWS

--csv        values are texts, and an empty one may be missing
--excel      CSV for spreadsheets
--no-nul     U+0000 is replaced
--json-text  JSON columns are texts
--lists-text lists are texts, too
--text       of a dataset of texts, which has no column body
--any-order  rows of parts come in the order of the parts

TRUTH is a file with a line {"table": …, "row": …} per row, or the folder of a dataset in
JSON Lines, made from the same archive with the same settings.
"""
import datetime
import json
import os
import re
import sys

flags = {a for a in sys.argv[1:] if a.startswith("--")}
schema_file, truth_path = [a for a in sys.argv[1:] if not a.startswith("--")]
with open(schema_file, encoding="utf-8") as f:
    schema = json.load(f)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def truth():
    if os.path.isdir(truth_path):
        for name in sorted(os.listdir(truth_path)):
            if name.endswith(".jsonl") and re.match(r"[a-z]+", name).group() in schema:
                with open(os.path.join(truth_path, name), encoding="utf-8") as f:
                    for line in f:
                        yield re.match(r"[a-z]+", name).group(), json.loads(line)
        return
    with open(truth_path, encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            yield r["table"], r["row"]


def expected(v):
    """What a reader must see of a value, by what the format promises."""
    if isinstance(v, str):
        if "--no-nul" in flags:
            v = v.replace("\0", "\ufffd")
        return v
    return v


def cut(s):
    """What Excel's limit leaves of a text."""
    if s[:1] and s[0] in "=+-@\t\r\n'＝＋－＠":
        s = "'" + s
    return s.encode("utf-16-le")[: 2 * 32767].decode("utf-16-le", errors="ignore")


def split(s):
    """Takes a list of the form for spreadsheets apart."""
    return [re.sub(r"\\(.)", r"\1", p, flags=re.S) for p in re.findall(r"(?:^|(?<=; ))((?:\\.|[^\\;])*)(?:; |$)", s, flags=re.S)] if s else [""]


def instant(v):
    if isinstance(v, (int, float)):
        t = EPOCH + datetime.timedelta(milliseconds=v)
    else:
        t = datetime.datetime.fromisoformat(v.replace("Z", "+00:00"))
    return round((t - EPOCH) / datetime.timedelta(milliseconds=1))


def parse(kind, v):
    """A value of a reader or of the truth as a value that can be compared."""
    if kind == "integer":
        return int(v)
    if kind == "number":
        return float(v)
    if kind == "boolean":
        return v in (True, 1, "true", "True")
    if kind == "datetime":
        return instant(v)
    return v


def got(kind, v):
    if v is None or "--csv" in flags and v == "":
        return None
    if "--excel" in flags and kind in ("string", "list of strings", "JSON"):
        if v.startswith("'"):
            v = v[1:]
        if kind == "list of strings":
            return split(v)
    if kind in ("list of strings", "JSON") and isinstance(v, str) and ("--csv" in flags or "--lists-text" in flags or kind == "JSON" and "--json-text" in flags):
        return json.loads(v)
    return parse(kind, v)


def want(kind, v):
    if v is None or "--csv" in flags and v == "":
        return None
    if kind == "JSON":
        return v
    if kind == "list of strings":
        # In JSON arrays U+0000 is an escape, which stays.
        if "--excel" in flags:
            v = [expected(s) for s in v]
        # In the form for spreadsheets, a list of an empty string is an empty cell.
        return None if "--excel" in flags and v == [""] else v
    if kind == "string":
        v = expected(v)
        if "--excel" in flags:
            v = cut(v)
            v = v[1:] if v.startswith("'") else v
        return v
    return parse(kind, v)


def main():
    tables = {}
    for table, row in truth():
        tables.setdefault(table, []).append(row)
    if "--any-order" in flags:
        key = lambda table: lambda row: [str(got(schema[table]["columns"][k], row[k])) for k in schema[table]["key"]]
    seen, wrong, cells = {}, 0, 0
    rows = {}
    for line in sys.stdin:
        r = json.loads(line)
        rows.setdefault(r["table"], []).append(r["row"])
    for table, truths in tables.items():
        read = rows.pop(table, [])
        if "--any-order" in flags:
            read = sorted(read, key=key(table))
            truths = sorted(truths, key=key(table))
        if len(read) != len(truths):
            print(f"{table}: {len(read)} rows, want {len(truths)}")
            wrong += 1
        for i, (r, t) in enumerate(zip(read, truths)):
            for name in {*r, *t} - {"_truncated"}:
                kind = schema[table]["columns"][name]
                if "--text" in flags and name == "body":
                    continue
                g, w = got(kind, r.get(name)), want(kind, t.get(name))
                cells += 1
                if g != w:
                    wrong += 1
                    if wrong < 20:
                        print(f"{table} row {i} column {name}: got {str(ascii(g))[:150]}, want {str(ascii(w))[:150]}")
    for table in rows:
        print(f"{table}: rows that should not be there")
        wrong += 1
    print(f"  {cells} cells compared, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
