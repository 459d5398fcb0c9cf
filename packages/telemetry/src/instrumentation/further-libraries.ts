import type { Library } from "./library.ts";

const underneath = "the driver underneath has a span for the same operation";
const middleware = "it makes a span for every middleware; the span of the request has the route already";

/** Libraries whose official instrumentation is armed when the application has installed it. */
export const furtherLibraries: readonly Library[] = [
  further("cassandra-driver", ["cassandra-driver"]),
  further("dataloader", ["dataloader"]),
  further("hapi", ["@hapi/hapi"]),
  further("lru-memoizer", ["lru-memoizer"]),
  further("memcached", ["memcached"]),
  further("mysql", ["mysql"]),
  further("nestjs-core", ["@nestjs/core"], { esModules: true }),
  further("openai", ["openai"], { esModules: true }),
  further("oracledb", ["oracledb"]),
  further("restify", ["restify"]),
  further("socket.io", ["socket.io"]),
  further("tedious", ["tedious"]),

  further("generic-pool", ["generic-pool"], { off: "waiting for a pool is no operation of its own" }),
  further("knex", ["knex"], { off: underneath }),
  further("sequelize", ["sequelize"], { off: underneath }),
  further("typeorm", ["typeorm"], { off: underneath, esModules: true }),
  further("connect", ["connect"], { off: middleware }),
  further("koa", ["koa"], { off: middleware }),
  further("router", ["router"], { off: middleware }),
  // A plugin of Fastify, which registers itself with every instance.
  further("fastify", ["fastify"], {
    instrumentation: "@fastify/otel",
    off: "the span of the request has the route already",
    config: { registerOnInitialization: true },
  }),
];

function further(name: string, packages: readonly string[], more: Partial<Library> = {}): Library {
  return { name, packages, instrumentation: `@opentelemetry/instrumentation-${name}`, ...more };
}
