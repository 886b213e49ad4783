// Validates with Shopify's own library: a JSON list of cases in, a JSON list of answers out.
import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { text } from "node:stream/consumers";

const answers = [];
for (const { secret, body, ...headers } of JSON.parse(await text(process.stdin))) {
  const shopify = shopifyApi({
    apiKey: "test",
    apiSecretKey: secret,
    apiVersion: Object.values(ApiVersion).at(-1),
    hostName: "hooks.example.com",
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, log: () => {} },
  });
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
  const rawRequest = { method: "POST", url: "/hook", headers: present };
  const { valid } = await shopify.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} });
  answers.push(valid);
}
console.log(JSON.stringify(answers));
