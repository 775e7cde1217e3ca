import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Readable, Writable } from "node:stream";

/** Headless Chromium over its debugging pipe: the few commands the report's tests and screenshots need, no driver. */
const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Undefined if there is none on this machine: skip, and say so. */
export function findChromium(): string | undefined {
  return paths.find((path) => existsSync(path));
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

export interface Page {
  /** Uncaught errors, console errors and refused requests so far. */
  readonly problems: readonly string[];
  readonly requests: readonly string[];
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  press(key: string): Promise<void>;
  /** The screen, or the whole page; base64. */
  screenshot(part: "screen" | "page"): Promise<string>;
  /** Base64. */
  pdf(): Promise<string>;
}

/** Opens a file in a page of its own. */
export type Open = (file: string, screen: Screen) => Promise<Page>;

/** Starts a browser with an empty profile, hands it to `use`, and ends it. */
export async function withBrowser<T>(use: (open: Open) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "pingpool-chromium-"));
  const browser = spawn(findChromium()!, flags(profile), {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const connection = connect(browser);
  try {
    return await use((file, screen) => openPage(connection, file, screen));
  } finally {
    const gone = new Promise((resolve) => browser.once("exit", resolve));
    await connection.send("Browser.close");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function flags(profile: string): string[] {
  const off = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  const quiet = ["--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars"];
  return [...quiet, ...off, "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface Connection {
  send(method: string, params?: object, session?: string): Promise<Readonly<Record<string, unknown>>>;
  listen(listener: (message: Message) => void): void;
}

/** Messages are JSON ended by a zero byte, out on descriptor 3, in on 4. */
function connect(browser: ChildProcess): Connection {
  const out = browser.stdio[3] as Writable;
  const waiting = new Map<number, (message: Message) => void>();
  const listeners: ((message: Message) => void)[] = [];
  let rest = "";
  (browser.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\0");
    rest = parts.pop()!;
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) for (const listener of listeners) listener(message);
      else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  return {
    listen: (listener) => void listeners.push(listener),
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, (message) => {
          if (message.error) reject(new Error(`${method}: ${message.error.message}`));
          else resolve(message.result ?? {});
        });
        out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      }),
  };
}

async function openPage(connection: Connection, file: string, screen: Screen): Promise<Page> {
  const { targetId } = await connection.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await connection.send("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: object = {}) => connection.send(method, params, sessionId as string);
  const problems: string[] = [];
  const requests: string[] = [];
  const loaded = new Promise<void>((resolve) => {
    connection.listen(({ method, params, sessionId: from }) => {
      if (from !== sessionId) return;
      if (method === "Page.loadEventFired") resolve();
      if (method === "Network.requestWillBeSent") requests.push((params!["request"] as { url: string }).url);
      if (method === "Runtime.exceptionThrown") problems.push(JSON.stringify(params));
      if (method === "Log.entryAdded") problems.push(JSON.stringify(params));
      if (method === "Runtime.consoleAPICalled" && params!["type"] === "error")
        problems.push(JSON.stringify(params));
    });
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  const { width, height, dark } = screen;
  await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
  await send("Emulation.setEmulatedMedia", { features });
  await send("Page.navigate", { url: pathToFileURL(file).href });
  await loaded;
  return pageOf(send, problems, requests);
}

function pageOf(
  send: (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>,
  problems: readonly string[],
  requests: readonly string[],
): Page {
  return {
    problems,
    requests,
    evaluate: async (expression) => {
      const { result } = await send("Runtime.evaluate", {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      return (result as { value: unknown }).value;
    },
    press: async (key) => {
      const code = { key, code: key, windowsVirtualKeyCode: keyCodes[key]! };
      await send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...code });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...code });
    },
    screenshot: async (part) => {
      const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: part === "page" });
      return data as string;
    },
    pdf: async () => {
      const { data } = await send("Page.printToPDF", { printBackground: false, preferCSSPageSize: true });
      return data as string;
    },
  };
}

const keyCodes: Readonly<Record<string, number>> = {
  Tab: 9,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};
