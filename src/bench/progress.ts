/** Progress for a person who waits. On stderr only: stdout belongs to results. */

export interface Progress {
  /** One step begins: `lenet5: int8 stream, 3 of 12`. On a terminal it replaces the line before; else it is a line. */
  readonly step: (text: string) => void;
  /** Ends the line that `step` left open. */
  readonly done: (text?: string) => void;
}

export interface ProgressStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function progressOn(stream: ProgressStream = process.stderr): Progress {
  const isTerminal = stream.isTTY ?? false;
  const show = (text: string): string => text.slice(0, (stream.columns ?? 80) - 1);
  return {
    step: (text) => {
      stream.write(isTerminal ? `\r\u001b[K${show(text)}` : `${text}\n`);
    },
    done: (text) => {
      if (isTerminal) stream.write("\r\u001b[K");
      if (text !== undefined) stream.write(`${text}\n`);
    },
  };
}

/** For tests and `--quiet`. */
export const silent: Progress = { step: () => undefined, done: () => undefined };
