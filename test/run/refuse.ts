/** Ends a program over its arguments: a person typed them, so a stack trace would only hide the message. */
export function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
