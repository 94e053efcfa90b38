import createClient, { type Middleware } from "openapi-fetch";
import { asApiError, isAborted, refusal } from "./errors";
import type { components, paths } from "./schema";

/** A noun of the API, as the server describes it: `Noun<"Tag">`. */
export type Noun<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The header that a form on an evil page cannot send; the server wants it beside the cookie. */
const HEADERS = { "X-Tamis": "1" };

const base = new URL(".", document.baseURI).href.replace(/\/$/, "");

/** Return the address of a path of the API, also where Tamis lives below a path. */
export function url(path: string): string {
  return base + path;
}

let whenSignedOut: () => void = () => {};

/** Call this when an answer says that nobody is signed in (any more). */
export function onSignedOut(call: () => void): void {
  whenSignedOut = call;
}

async function check(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  if (response.status === 401) whenSignedOut();
  throw await refusal(response);
}

const refuse: Middleware = {
  onResponse: async ({ response }) => {
    await check(response);
    return undefined;
  },
  onError: ({ error }) => (isAborted(error) ? undefined : asApiError(error)),
};

export const api = createClient<paths>({ baseUrl: base, headers: HEADERS, credentials: "same-origin" });
api.use(refuse);

/** Take the data out of an answer: `await data(api.GET("/api/datasets"))`. Refusals were thrown before. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Fetch bytes (arrays, thumbnails) with the same errors as every other request. */
export async function bytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await send(path, signal ? { signal } : {})).arrayBuffer();
}

/** Send a request that the generated client has no words for, such as a form with files. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  const answer = fetch(url(path), {
    ...init,
    credentials: "same-origin",
    headers: { ...HEADERS, ...init.headers },
  });
  return check(
    await answer.catch((thrown: unknown) => {
      throw isAborted(thrown) ? thrown : asApiError(thrown);
    }),
  );
}
