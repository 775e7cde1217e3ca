import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pingpool } from "../support/pingpool.ts";
import { bytesOf, exit, nops, print } from "../support/rv32.ts";

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
