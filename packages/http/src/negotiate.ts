/** The forms in which a probe can be answered, the one for askers without a wish first. */
export type ReportForm = "text" | "json" | "health-json";

/** The media type of each form. */
export const mediaTypes: Readonly<Record<ReportForm, string>> = {
  text: "text/plain; charset=utf-8",
  json: "application/json",
  "health-json": "application/health+json",
};

/** A map, because what an asker sends may be the name of something that every object has. */
const formOf: ReadonlyMap<string, ReportForm> = new Map<string, ReportForm>([
  ["text/plain", "text"],
  ["text/*", "text"],
  ["*/*", "text"],
  ["application/health+json", "health-json"],
  ["application/json", "json"],
  ["application/*", "json"],
]);

/** Picks the form that an Accept header asks for (RFC 9110, section 12.5.1); text when it asks for none of ours. */
export function negotiate(accept: string | undefined): ReportForm {
  if (accept === undefined || accept === "*/*") return "text";
  const wishes = accept.split(",", 20).flatMap((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const form = formOf.get(type);
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2)) || 0;
    return form && weight > 0 ? [{ form, weight, exact: type.includes("*") ? 0 : 1 }] : [];
  });
  wishes.sort((a, b) => b.weight - a.weight || b.exact - a.exact);
  return wishes[0]?.form ?? "text";
}
