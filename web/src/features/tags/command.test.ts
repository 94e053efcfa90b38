import { expect, test } from "vitest";
import { exportCommand } from "./command";

test("the command names tag and dataset, quoted where a shell would read them otherwise", () => {
  const id = "6741c0de8a91b20f34e7d512";
  expect(exportCommand({ id, name: "to-label" }, "streets")).toBe(
    "tamis export to-label --dataset streets --list",
  );
  expect(exportCommand({ id, name: "it's $HOME" }, "a b")).toBe(
    "tamis export 'it'\\''s $HOME' --dataset 'a b' --list",
  );
  expect(exportCommand({ id, name: "a" }, "b", "--data /tmp/d")).toBe(
    "tamis export a --dataset b --list --data /tmp/d",
  );
  expect(exportCommand({ id, name: "-x" }, "-y")).toBe(`tamis export ${id} --dataset -y --list`);
});
