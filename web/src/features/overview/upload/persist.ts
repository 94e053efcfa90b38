import { asApiError, isAborted } from "../../../api/errors";

const TRIES = 4;
/** Nobody answered, or who answered was busy. */
const WORTH_ANOTHER_TRY = new Set([0, 429, 500, 502, 503, 504]);

/** Try a request again, later each time, while the server is busy or away. */
export async function persist<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
  pause: (milliseconds: number) => Promise<void> = wait,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await request();
    } catch (thrown) {
      const hopeless = isAborted(thrown) || !WORTH_ANOTHER_TRY.has(asApiError(thrown).status);
      if (hopeless || tried === TRIES) throw thrown;
    }
    await pause(400 * 2 ** tried);
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
