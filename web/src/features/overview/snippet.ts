interface Facts {
  server: string;
  datasetId: string;
  secret: string | undefined;
  uploads: boolean;
}

/** The Python that does the obvious thing with a dataset. With a secret it runs as it is. */
export function snippet({ server, datasetId, secret, uploads }: Facts): string {
  const token = secret ? JSON.stringify(secret) : '"YOUR TOKEN"';
  const work = uploads
    ? [
        "report = client.upload(",
        `    ${JSON.stringify(datasetId)},`,
        '    "path/to/images",',
        ")",
        'print(report.n_added, "added,", len(report.refused), "refused")',
      ]
    : [`print(client.dataset(${JSON.stringify(datasetId)}))`];
  return [
    "from tamis.client import Client",
    "",
    "client = Client(",
    `    ${JSON.stringify(server)},`,
    `    token=${token},`,
    ")",
    ...work,
  ].join("\n");
}
