// Prints the rows of a dataset (Parquet, CSV or JSON Lines) as JSON Lines, read by DuckDB.
// usage: node duckdb.mjs DATASET SCHEMA
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

// The packages are installed in a temporary folder, which NODE_MODULES names.
const require = createRequire(path.join(process.env.NODE_MODULES ?? '.', 'x.js'));
const { DuckDBInstance } = require('@duckdb/node-api');

const [dataset, schemaFile] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));
const db = await (await DuckDBInstance.create(':memory:')).connect();
const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'duckdb-'));
const text = (s) => `'${s.replaceAll("'", "''")}'`;
const name = (s) => `"${s.replaceAll('"', '""')}"`;
const list = (files) => `[${files.map(text).join(', ')}]`;

await db.run("SET preserve_insertion_order = true; SET TimeZone = 'UTC'; SET memory_limit = '1GB'; SET threads = 2");
const files = fs.readdirSync(dataset, { recursive: true }).map((f) => f.replaceAll('\\', '/')).sort();

// source is the SQL that reads the files of a table, or null.
function source(table) {
  const of = (ending) => files.filter((f) => f.endsWith(ending) && f.match(/^[a-z]+/)?.[0] === table).map((f) => path.join(dataset, f));
  const parquet = of('.parquet'), csv = of('.csv'), jsonl = of('.jsonl').concat(of('.jsonl.zst'));
  if (parquet.length) return `read_parquet(${list(parquet)}, hive_partitioning = ${parquet[0].includes('=')})`;
  if (csv.length) {
    // The quotes of "" make an empty string, and what has none is missing.
    return `read_csv(${list(csv)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, strict_mode = true, max_line_size = 33554432, auto_detect = false, new_line = '\\n', columns = ${struct(csv[0])})`;
  }
  if (jsonl.length) return `read_json(${list(jsonl)}, format = 'newline_delimited', maximum_object_size = 33554432, columns = ${types(table)})`;
  return null;
}

// struct names the columns of a CSV file, all of them texts.
function struct(file) {
  const fd = fs.openSync(file);
  const buf = Buffer.alloc(16384);
  const header = buf.subarray(0, fs.readSync(fd, buf)).toString('utf8').split(/\r?\n/)[0].replace(/^\uFEFF/, '');
  fs.closeSync(fd);
  return `{${header.split(',').map((c) => `${text(c)}: 'VARCHAR'`).join(', ')}}`;
}

const duck = { string: 'VARCHAR', integer: 'BIGINT', number: 'DOUBLE', boolean: 'BOOLEAN', datetime: 'VARCHAR', 'list of strings': 'VARCHAR[]', JSON: 'JSON' };
const types = (table) => `{${Object.entries(schema[table].columns).map(([c, t]) => `${text(c)}: ${text(duck[t])}`).join(', ')}}`;

const out = fs.createWriteStream(null, { fd: 1 });
let hive = false;
for (const table of Object.keys(schema)) {
  const from = source(table);
  if (from === null) continue;
  const described = await (await db.run(`DESCRIBE SELECT * FROM ${from}`)).getRowObjects();
  hive ||= described.some((c) => c.column_name === 'month');
  const columns = described
    .filter((c) => c.column_name in schema[table].columns || c.column_name === '_truncated')
    .map((c) => {
      // Instants leave as milliseconds: DuckDB's own form of them has no fixed length.
      if (c.column_type === 'TIMESTAMP WITH TIME ZONE') return `epoch_ms(${name(c.column_name)}) AS ${name(c.column_name)}`;
      return name(c.column_name);
    });
  const file = path.join(temp, `${table}.jsonl`);
  await db.run(`COPY (SELECT ${columns.join(', ')} FROM ${from}) TO ${text(file)} (FORMAT json)`);
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line && !out.write(`{"table":${JSON.stringify(table)},"row":${line}}\n`)) await new Promise((r) => out.once('drain', r));
  }
}
if (files.some((f) => f.includes('month=')) && !hive) throw new Error('the partitions are not columns');
fs.rmSync(temp, { recursive: true });
out.end();
