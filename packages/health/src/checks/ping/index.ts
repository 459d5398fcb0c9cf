export { type AmqplibConnection, amqplib } from "./amqplib.ts";
export { type IoredisClient, ioredis } from "./ioredis.ts";
export { type KafkajsAdmin, kafkajs } from "./kafkajs.ts";
export { type MongodbClient, type MongodbDatabase, mongodb } from "./mongodb.ts";
export { type Mysql2Callback, type Mysql2Connection, type Mysql2Pool, mysql2 } from "./mysql2.ts";
export { type PgClient, type PgPool, type PgPoolClient, pg } from "./pg.ts";
export { type PrismaClient, prisma } from "./prisma.ts";
export { type RedisClient, redis } from "./redis.ts";
