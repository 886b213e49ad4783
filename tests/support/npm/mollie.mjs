// Validates with Mollie's own library: a JSON list of cases in, a JSON list of answers out.
import { SignatureValidator } from "mollie-api-typescript";
import { text } from "node:stream/consumers";

const answers = await Promise.all(
  JSON.parse(await text(process.stdin)).map(({ secret, body, signature }) =>
    SignatureValidator.validate(body, secret, signature).catch(() => false),
  ),
);
console.log(JSON.stringify(answers));
