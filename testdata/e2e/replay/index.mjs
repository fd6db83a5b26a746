// Reads a WARC file with warcio.js, and prints a JSON line for each record:
//
//   node index.mjs FILE.warc.gz
//
// offset and length are of the gzip member; sha256 is of the payload as warcio.js decodes
// it, and surt its key of the URL.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { WARCParser, getSurt } from "warcio";

const parser = new WARCParser(createReadStream(process.argv[2]), { keepHeadersCase: true });
for await (const record of parser) {
  const hash = createHash("sha256");
  for await (const chunk of record) hash.update(chunk);
  await record.skipFully();
  console.log(JSON.stringify({
    type: record.warcType,
    url: record.warcTargetURI ?? "",
    date: record.warcDate,
    status: record.httpHeaders?.statusCode ?? 0,
    digest: record.warcPayloadDigest ?? "",
    sha256: "sha256:" + hash.digest("hex"),
    offset: parser.offset,
    length: parser.recordLength,
    surt: getSurt(record.warcTargetURI ?? ""),
  }));
}
