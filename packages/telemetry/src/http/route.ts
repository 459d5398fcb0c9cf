import { activeMetadata } from "./request-context.ts";

/**
 * Says which route the request at hand has taken, as a template such as `/users/:id`, for the name of its span,
 * `http.route` and the metrics: for frameworks whose routes are not known by themselves. Outside of a request, or
 * where requests are not traced, it does nothing.
 *
 * A template has few values; never pass the path that was asked for.
 */
export function setHttpRoute(route: string): void {
  const metadata = activeMetadata();
  if (metadata && typeof route === "string") metadata.route = route;
}
