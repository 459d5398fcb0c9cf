import { SeaworthyError, describe } from "@seaworthy/lifecycle";

/** Lets a client through that has the method. @throws `ERR_SEAWORTHY_OPTION` for anything else. */
export function clientOption<Client extends object>(client: Client, what: string, methods: readonly string[]): Client {
  if (methods.some((method) => hasMethod(client, method))) return client;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `${what}, with the method ${methods.join(" or ")}`,
    got: describe(client),
    fix: "Pass the client that your service uses.",
  });
}

/** Says whether the value has a method of that name. */
export function hasMethod<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
}
