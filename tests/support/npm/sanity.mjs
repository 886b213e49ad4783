// Signs and verifies with Sanity's own library: a JSON list of cases in, a JSON list of answers out.
import { encodeSignatureHeader, isValidSignature } from "@sanity/webhook";
import { text } from "node:stream/consumers";

const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map(({ secret, body, timestamp, signature }) =>
    signature === undefined
      ? encodeSignatureHeader(body, Number(timestamp), secret)
      : isValidSignature(body, signature, secret),
  ),
);
console.log(JSON.stringify(answers));
