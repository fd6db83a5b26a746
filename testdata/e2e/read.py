"""Prints the rows of a dataset (JSON Lines, CSV, SQLite or texts) as JSON Lines, read by
Python's own json, csv and sqlite3.

usage: python3 read.py DATASET
"""
import csv
import json
import os
import re
import sqlite3
import sys

csv.field_size_limit(1 << 30)


def emit(table, row):
    print(json.dumps({"table": table, "row": row}, ensure_ascii=True))


def table_of(name):
    return re.match(r"[a-z]+", name).group()


def read_jsonl(path, table):
    with open(path, encoding="utf-8", errors="strict") as f:
        # splitlines divides at more characters than a file does: no row has any of them.
        for line in f.read().splitlines():
            emit(table, json.loads(line))


def read_csv(path, table, dataset):
    with open(path, encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f, strict=True):
            assert None not in row and None not in row.values(), "a row has another number of cells"
            file = row.pop("file", None)
            if file:
                with open(os.path.join(dataset, file), encoding="utf-8", newline="") as text:
                    content = text.read()
                if row.get("title", "").strip():
                    title, _, content = content.partition("\n\n")
                    # Python has more white space than Go; only that may differ.
                    assert title.split() == row["title"].split(), file
                row["text"] = content[:-1]
            emit(table, row)


def read_sqlite(path):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'")]
    for table in tables:
        for row in db.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):
            emit(table, {k: row[k] for k in row.keys() if row[k] is not None})
    if any(r[0] == "articles_fts" for r in db.execute("SELECT name FROM sqlite_schema")):
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        db.rollback()


def main(dataset):
    names = sorted(os.listdir(dataset))
    for folder, _, files in os.walk(dataset):  # of partitions: articles/month=2026-11/…
        if "=" in folder:
            names += sorted(os.path.relpath(os.path.join(folder, f), dataset) for f in files)
    for name in names:
        path = os.path.join(dataset, name)
        if name.endswith(".jsonl"):
            read_jsonl(path, table_of(name))
        elif name.endswith(".csv") and name not in ("codebook.csv", "digests.csv", "left-out.csv", "changes.csv"):
            read_csv(path, table_of(name), dataset)
        elif name.endswith(".sqlite"):
            read_sqlite(path)


main(sys.argv[1])
