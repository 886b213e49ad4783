// Verifies with Mux's own library: a JSON list of cases in, a JSON list of answers out.
import Mux from "@mux/mux-node";
import { text } from "node:stream/consumers";

const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
const cases = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  cases.map(({ secret, body, signature }) =>
    mux.webhooks.verifySignature(body, { "mux-signature": signature }, secret).then(
      () => true,
      () => false,
    ),
  ),
);
console.log(JSON.stringify(answers));
