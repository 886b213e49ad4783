// Verifies with the official library of Standard Webhooks: a JSON list of cases in, a JSON list of answers out.
import { Webhook } from "standardwebhooks";
import { text } from "node:stream/consumers";

const now = Date.now;
const accepts = ({ secret, body, headers, late }) => {
  Date.now = () => now() + late * 1000;
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};
console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(accepts)));
