/** What the server said when it refused: a sentence for people, a code for programs. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly requestId: string | null;

  constructor(
    message: string,
    {
      status = 0,
      code = "unreachable",
      field = null,
      requestId = null,
    }: Partial<Omit<ApiError, "message">> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.field = field;
    this.requestId = requestId;
  }
}

let start = "tamis serve";

/** Say how this server is started again, as long as it can still be asked. */
export function rememberStart(options: string): void {
  start = options ? `tamis serve ${options}` : "tamis serve";
}

/** What is said when nobody answers. */
export function unreachable(): string {
  return `Tamis does not answer. Is it still running? Start it again with: ${start}`;
}

/** Make one error of a refused response, whatever its body is. */
export async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (isBody(body)) {
    return new ApiError(body.error, {
      status: response.status,
      code: body.code,
      field: body.field ?? null,
      requestId: body.request_id ?? null,
    });
  }
  return new ApiError(`The server answered ${response.status} ${response.statusText}`.trim(), {
    status: response.status,
    code: "unexpected",
  });
}

/** Make one error of whatever was thrown; fetch throws a TypeError when nobody answers. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TypeError) return new ApiError(unreachable());
  return new ApiError(thrown instanceof Error ? thrown.message : String(thrown), { code: "unexpected" });
}

/** Say in a sentence what went wrong. */
export function sentence(thrown: unknown): string {
  return asApiError(thrown).message;
}

export function isAborted(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}

function isBody(
  body: unknown,
): body is { error: string; code: string; field?: string | null; request_id?: string } {
  return typeof body === "object" && body !== null && "error" in body && "code" in body;
}
