import { expect, test } from "vitest";
import { snippet } from "./snippet";

const facts = { server: "http://127.0.0.1:8000", datasetId: "6741c0de8a91b20f34e7d512", uploads: true };

test("with a token the snippet runs as it is", () => {
  expect(snippet({ ...facts, secret: "tamis_abc" })).toBe(
    [
      "from tamis.client import Client",
      "",
      "client = Client(",
      '    "http://127.0.0.1:8000",',
      '    token="tamis_abc",',
      ")",
      "report = client.upload(",
      '    "6741c0de8a91b20f34e7d512",',
      '    "path/to/images",',
      ")",
      'print(report.n_added, "added,", len(report.refused), "refused")',
    ].join("\n"),
  );
});

test("without one it says where the token goes, and images read in place are not uploaded", () => {
  const code = snippet({ ...facts, secret: undefined, uploads: false });
  expect(code).toContain('token="YOUR TOKEN"');
  expect(code).not.toContain("upload");
});
