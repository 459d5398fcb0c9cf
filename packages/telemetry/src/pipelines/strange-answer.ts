/** The last answer that could not be read. */
let last: string | undefined;

/** Takes note of what the other side answered, with 200, that is no OTLP. The SDK says it and then takes it for success. */
export function noteStrangeAnswer(answer: string): void {
  last = answer;
  // The exporter tells of its success in the same turn, or it is not ours.
  queueMicrotask(() => (last = undefined));
}

/** What the export that just ended was answered, if that could not be read. */
export function takeStrangeAnswer(): string | undefined {
  const answer = last;
  last = undefined;
  return answer;
}

/** Whether an answer is a page for people, such as one to log in by: nobody has taken what was sent. */
export const isPage = (answer: string): boolean => /^\s*<(?:!doctype|html|head|body|\?xml)\b/i.test(answer);
