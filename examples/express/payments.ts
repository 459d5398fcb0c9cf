const url = process.env["PAYMENTS_URL"] ?? "http://localhost:8081";

/**
 * Asks the payment service for the money.
 *
 * @param signal Aborts when there is no time left to wait for the answer.
 * @returns False when the payment is refused.
 */
export async function charge(item: string, signal: AbortSignal): Promise<boolean> {
  const { ok, status } = await fetch(`${url}/charges`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ item }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
  });
  if (ok || status === 402) return ok;
  throw new Error(`The payment service answered ${status}.`);
}
