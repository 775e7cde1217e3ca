import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { findChromium, withBrowser } from "../test/support/chromium.ts";

/**
 * Pictures of a report as a reader sees it: light, dark, on a phone, on paper.
 * `node dist/scripts/screenshot.js reports/lenet5.html pictures`
 */
const [page, folder] = process.argv.slice(2);
if (!page || !folder) throw new Error("usage: screenshot PAGE FOLDER");
if (!findChromium()) throw new Error("screenshot: no chromium on this machine; install the package chromium");
mkdirSync(folder, { recursive: true });

const views = [
  { name: "light", screen: { width: 1200, height: 900 } },
  { name: "dark", screen: { width: 1200, height: 900, dark: true } },
  { name: "phone", screen: { width: 360, height: 740 } },
];
await withBrowser(async (open) => {
  for (const { name, screen } of views) {
    const file = join(folder, `${basename(page, ".html")}-${name}`);
    const view = await open(resolve(page), screen);
    writeFileSync(`${file}.png`, Buffer.from(await view.screenshot("page"), "base64"));
    if (name === "light") writeFileSync(`${file}.pdf`, Buffer.from(await view.pdf(), "base64"));
  }
});
