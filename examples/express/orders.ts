import { DatabaseSync } from "node:sqlite";

/** An order as it is kept. */
export interface Order {
  readonly id: number;
  readonly item: string;
}

/** The orders, in a database. */
export interface Orders {
  add(item: string): Order;
  find(id: number): Order | undefined;
  list(): readonly Order[];
  /** Throws when the database cannot be asked. */
  ping(): void;
  close(): void;
}

/** Opens the database in a file, which it makes if need be, or in `:memory:`. */
export function openOrders(path: string): Orders {
  const db = new DatabaseSync(path);
  db.exec("create table if not exists orders (id integer primary key, item text not null) strict");
  const insert = db.prepare("insert into orders (item) values (?) returning id, item");
  const select = db.prepare("select id, item from orders where id = ?");
  const selectAll = db.prepare("select id, item from orders order by id");
  const ping = db.prepare("select 1");
  return {
    add: (item) => insert.get(item) as unknown as Order,
    find: (id) => select.get(id) as Order | undefined,
    list: () => selectAll.all() as unknown as Order[],
    ping: () => void ping.get(),
    close: () => db.close(),
  };
}
