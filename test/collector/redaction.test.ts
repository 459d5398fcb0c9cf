import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../telemetry/text-of.ts";
import { sendRecords, sendSpans } from "./otlp.ts";
import { openRoad } from "./road.ts";
import { withCollector } from "./suite.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** What people write, and what is left of it. */
const secrets: Readonly<Record<string, string>> = {
  "redis://:hunter2@cache:6379/0": "redis****cache:6379/0",
  "postgres://app:hunter2@db/orders": "postgres****db/orders",
  "postgres://app:hun@ter2@db/orders": "postgres****db/orders",
  "postgres://app:hunter2/3@db/orders": "postgres****db/orders",
  "mongodb://app:hunter2@one,mongodb://app:hunter2@other": "mongodb****one,mongodb****other",
  '["redis://:hunter2@one","redis://:hunter2@other"]': '["redis****one","redis****other"]',
  "DB_PASSWORD=hunter2": "****",
  "DB_PASS=hunter2": "****",
  "PGPASSWORD=hunter2 psql": "**** psql",
  "AWS_SECRET_ACCESS_KEY = hunter2": "****",
  "aws_secret_access_key=hunter2": "****",
  "migrate --db_password=hunter2 up": "migrate **** up",
  "mysql -u root --pass=hunter2": "mysql -u root --****",
  "passphrase=hunter2": "****",
  "password%3Dhunter2": "****",
  "password => 'hunter2'": "****",
  "password='correct horse battery'": "****",
  'password="correct horse battery': "****",
  "{ password: 'don\\'t', user: 'app' }": "{ ****, user: 'app' }",
  '{"password":"hun,hunter2"}': '{"****}',
  '{"password":"hun\\"hunter2","user":"app"}': '{"****,"user":"app"}',
  '{"userPassword":"hunter2"}': '{"****}',
  '{\\"password\\":\\"hun,hunter2\\",\\"user\\":\\"app\\"}': '{\\"****\\",\\"user\\":\\"app\\"}',
  '{\\"password\\":\\"hun\\\\\\"hunter2\\"}': '{\\"****\\"}',
  '{"refresh_token":"hunter2"}': '{"****}',
  "https://shop.test/back?id_token=hunter2&page=2": "https://shop.test/back?****&page=2",
  "x-api-key: hunter2": "****",
  '{"x-api-key":["hunter2"]}': '{"****]}',
  "api-key=hunter2": "****",
  "Authorization: Bearer hunter2": "****",
  "Authorization: Basic aHVu": "****",
  "407 for Basic aHVudA==": "407 for ****",
  "407 for Basic YXBwOmh1bnRlcjI=": "407 for ****",
  "Cookie: sid=hunter2": "****",
  "Cookie: theme=dark; token=hunter2; sid=hunter2": "****",
  '{"cookie":"theme=dark; sid=hunter2","page":2}': '{"****,"page":2}',
  "Server=db;User Id=app;Pwd=hunter2;": "Server=db;User Id=app;****;",
  "AccountName=app;AccountKey=aHVudA==;Suffix=x": "AccountName=app;****;Suffix=x",
  "SharedAccessKeyName=app;SharedAccessKey=aHVudA==": "SharedAccessKeyName=app;****",
  "ALTER USER app WITH PASSWORD 'hunter2'": "ALTER USER app WITH ****",
  "CREATE USER app IDENTIFIED BY 'hun''hunter2'": "CREATE USER app ****",
  "CREATE USER app IDENTIFIED WITH caching_sha2_password BY 'hunter2'": "CREATE USER app ****",
  "SET PASSWORD FOR 'app'@'%' = 'hunter2'": "SET ****",
  "eyJhbGciOiJub25lIn0.eyJzdWIiOiJodW50ZXIyIn0.hunter2": "****",
  "4111111111111111": "****",
  "4111 1111 1111 1111": "****",
  "paid by 5500-0000-0000-0004.": "paid by****.",
  "paid by 378282246310005": "paid by****",
  "3782 822463 10005": "****",
};

/** What only looks like one of them. */
const ordinary = [
  "https://shop.test/p@2x.png",
  "https://shop.test/a:b@c",
  "https://shop.test:8443/a@b",
  "https://shop.test:8443?mail=a@b",
  "http://[::1]:8080/a@b",
  "https://app@shop.test/a",
  "git+ssh://git@shop.test:orders/shop@v1",
  "mail to: app@shop.test",
  "/token/:id",
  "/users/:token",
  "compass=north",
  "bypass=true",
  "passed=3",
  "surpass: 4",
  "tokens=12",
  "max_tokens: 4096",
  "token_count=12",
  "monkey=1",
  "keyboard: us",
  "cookies: 4",
  "cookie: none",
  "password must not be empty",
  "identified by its id",
  "basic authentication",
  "basic auth=on",
  "a bearer of news",
  "SELECT token FROM sessions WHERE id = $1",
  "Unexpected token '<', \"<!doctype\"... is not valid JSON",
  "2026-11-24T02:25:00.000Z",
  "1795487679556",
  "1795487679556123",
  "1795487679556123456",
  "0.4111111111111111",
  "12.378282246310005",
  "8d3f5c3e-4111-4111-8111-000000000001",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "a4111111111111111b",
];

const secretKeys = [
  "password",
  "db.pwd",
  "db_pass",
  "user.pwd",
  "customer.passphrase",
  "client_secret",
  "signing-key",
  "token",
  "id_token",
  "refreshToken",
  "http.request.header.x-auth-token",
  "accountKey",
  "x-api-key",
  "http.request.header.authorization",
  "http.response.header.set-cookie",
];

const ordinaryKeys = [
  "gen_ai.token.type",
  "gen_ai.usage.input_tokens",
  "llm.token_count.prompt",
  "token_count",
  "tokenizer",
  "http.route",
  "compass",
  "bypass",
  "tests.passed",
  "monkey",
  "author.name",
];

withCollector("redaction", (otelcol) => {
  test("masks every form of a secret where it reads, and nothing else", { timeout: 180_000 }, async (t) => {
    const { agent, backEnd } = await openRoad(t, otelcol);
    const expected = { ...secrets, ...Object.fromEntries(ordinary.map((text) => [text, text])) };
    const texts = Object.keys(expected);
    const keys = Object.fromEntries([...secretKeys, ...ordinaryKeys].map((key) => [key, "a value"]));
    const spans = texts.map((text, number) => ({
      name: "said",
      attributes: { number, text, list: [text] },
      status: { code: 2, message: text },
    }));
    await sendSpans(agent.url, [...spans, { name: "keys", attributes: keys }]);
    await sendRecords(
      agent.url,
      texts.map((body, number) => ({ body, attributes: { number } })),
    );
    const patient = { timeoutMs: 60_000 };
    await backEnd.until((all) => all.spans().length > texts.length && all.logs().length >= texts.length, patient);

    const left = <Item extends { attributes: Attributes }>(items: readonly Item[], textIn: (item: Item) => unknown) =>
      Object.fromEntries(items.map((item) => [texts[Number(item.attributes["number"])], textIn(item)]));
    const said = backEnd.spans().filter(({ name }) => name === "said");
    const attributesLeft = left(said, ({ attributes }) => attributes["text"]);
    const messagesLeft = left(said, ({ status }) => status.message);
    const bodiesLeft = left(backEnd.logs(), ({ body }) => body);
    assert.deepEqual(attributesLeft, expected, "attributes");
    assert.deepEqual(messagesLeft, expected, "messages of statuses");
    assert.deepEqual(bodiesLeft, expected, "bodies of log records");
    for (const { attributes } of said) assert.doesNotMatch(textOf(attributes["list"]), /hunter2|battery/);
    const { attributes = {} } = backEnd.spans().find(({ name }) => name === "keys") ?? {};
    for (const key of secretKeys) assert.equal(attributes[key], "****", key);
    for (const key of ordinaryKeys) assert.equal(attributes[key], "a value", key);
  });
});
