/** The body of a request is not what OTLP says it is. The message is meant for who sent it. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}
