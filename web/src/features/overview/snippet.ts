interface Facts {
  server: string;
  datasetId: string;
  secret: string | undefined;
  uploads: boolean;
}

/** The Python that does the obvious thing with a dataset. With a secret it runs as it is. */
export function snippet({ server, datasetId, secret, uploads }: Facts): string {
  const token = secret ? JSON.stringify(secret) : '"YOUR TOKEN"';
  return [
    "from tamis.client import Client",
    "",
    `client = Client(${JSON.stringify(server)}, token=${token})`,
    uploads
      ? `client.upload(${JSON.stringify(datasetId)}, "path/to/images")`
      : `print(client.dataset(${JSON.stringify(datasetId)}))`,
  ].join("\n");
}
