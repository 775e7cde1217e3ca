import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { CallPath } from "../../src/simulate/call-paths.ts";
import { pingpool } from "../support/pingpool.ts";
import { a0, addi, bytesOf, exit, jal, jalr, nops, print, ra, zero } from "../support/rv32.ts";

const folder = mkdtempSync(join(tmpdir(), "pingpool-simulate-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Writes words as a raw program for the test bench and gives the command line that runs it. */
function raw(name: string, words: readonly number[]): string[] {
  const path = join(folder, name);
  writeFileSync(path, bytesOf(words));
  return ["simulate", path, "--core", "ibex-small", "--address", "0x40000000", "--entry", "0x40000000"];
}

test("standard output is what the program prints; the rest goes to standard error and to the file", () => {
  const path = join(folder, "out.json");
  const { status, stdout, stderr } = pingpool(
    ...raw("hi", [...print("h"), ...print("i"), ...exit(0)]),
    "--json",
    path,
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "hi");
  assert.match(stderr, /cycles \(simulated\) for 8 instructions/);
  assert.match(stderr, /45 programs against its RTL.*worst 0\.00 %/);
  const json = JSON.parse(readFileSync(path, "utf8")) as {
    console: string;
    cycles: number;
    functions: unknown[];
  };
  assert.equal(json.console, "hi");
  // Two stores of two cycles each, and six others; the last store ends the run.
  assert.equal(json.cycles, 10);
  assert.equal(json.functions.length, 1);
});

test("--html writes a page whose picture has the program's cycles, --json its call paths", () => {
  const html = join(folder, "out.html");
  const json = join(folder, "paths.json");
  const words = [jal(ra, 20), ...exit(0), nops, addi(a0, a0, 1), jalr(zero, ra)];
  const { status, stdout, stderr } = pingpool(...raw("call", words), "--html", html, "--json", json);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "");
  const { cycles, calls } = JSON.parse(readFileSync(json, "utf8")) as { cycles: number; calls: CallPath };
  assert.equal(calls.totalCycles, cycles);
  assert.deepEqual(
    calls.callees.map(({ name, calls }) => [name, calls]),
    [["0x40000014", 1]],
  );
  const page = readFileSync(html, "utf8");
  assert.match(page, new RegExp(`<title>0x40000000: ${cycles} cycles, 100.0 %`));
  assert.match(page, /<title>0x40000014: \d+ cycles/);
});

test("a page that cannot be is refused, and nothing is left of one that cannot be written", () => {
  const untimed = pingpool(...raw("untimed", exit(0)), "--untimed", "--html", join(folder, "untimed.html"));
  assert.equal(untimed.status, 1);
  assert.match(untimed.stderr, /--html: an untimed run has no cycles to draw; leave out --untimed/);
  const nowhere = pingpool(...raw("nowhere", exit(0)), "--html", join(folder, "missing", "x.html"));
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /x\.html: cannot be written .*; choose another --html/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("untimed.html") || name.startsWith(".")),
    [],
  );
});

test("of a core whose cycles were never compared it says why", () => {
  const [command, path] = raw("never", exit(0));
  const where = ["--address", "0x40000000", "--entry", "0x40000000"];
  const { status, stderr } = pingpool(command!, path!, "--core", "qingke-v2c", ...where);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /how right: its cycles were never compared; its rules are QingKe V2A's/);
});

test("a program that ends with another code than 0 ends the command with 3", () => {
  const { status, stderr } = pingpool(...raw("five", exit(5)), "--untimed");
  assert.equal(status, 3);
  assert.match(stderr, /ended with code 5/);
});

test("what is missing or not modelled is said in a sentence, after what the program printed", () => {
  const unknown = pingpool(...raw("bad", [...print("x"), 0xffffffff]));
  assert.equal(unknown.status, 1);
  assert.equal(unknown.stdout, "x");
  assert.match(unknown.stderr, /^pingpool: 0x4000000c.*: instruction 0xffffffff is not one of ibex-small's/);
  const words = raw("nops", [nops, nops]);
  assert.match(pingpool(words[0]!, words[1]!).stderr, /which core\? --core hazard3-rp2350/);
  assert.match(
    pingpool(words[0]!, words[1]!, "--core", "z80").stderr,
    /--core z80: no such core; one of hazard3/,
  );
  assert.match(
    pingpool(words[0]!, words[1]!, "--core", "ibex-small").stderr,
    /not an ELF file; .* --address/,
  );
  assert.match(pingpool(...words, "--chip", "rp2350").stderr, /--chip rp2350: has no ibex-small/);
  assert.match(pingpool(...words, "--entry", "main").stderr, /--entry main: expected an address/);
});
