import { describe, expect, it } from "vitest";
import { chosenEmbedding, chosenProjection, type Embedding, type Projection } from "./queries";

const embedding = (id: string, kind: "full" | "pca", dimension: number, parent: string | null = null) =>
  ({ id, kind, dimension, parent_id: parent, n_covered: 10 }) as Embedding;
const projection = (id: string, embedding_id: string, method: string) =>
  ({ id, embedding_id, method }) as Projection;

const all = [embedding("f", "full", 1280), embedding("p", "pca", 32, "f"), embedding("x", "full", 48)];

describe("what the Sampling page begins with", () => {
  it("is the embedding in the address, then the loaded selection's, then the newest", () => {
    expect(chosenEmbedding(all, "p", { embedding_id: "x" })?.id).toBe("p");
    expect(chosenEmbedding(all, undefined, { embedding_id: "p" })?.id).toBe("p");
    expect(chosenEmbedding(all, "gone", undefined)?.id).toBe("x");
    expect(chosenEmbedding([embedding("f", "full", 1280)], undefined, undefined)).toBeNull();
  });

  it("is the clearest, newest projection of the embedding or its relatives", () => {
    const drawn = [projection("1", "p", "tsne"), projection("2", "p", "tsne"), projection("3", "p", "pca")];
    expect(chosenProjection(drawn, all[1] as Embedding, all)?.id).toBe("2");
    expect(chosenProjection(drawn, all[0] as Embedding, all)?.id).toBe("2");
    expect(chosenProjection(drawn, all[2] as Embedding, all)).toBeNull();
    const asked = [projection("4", "p", "umap"), ...drawn];
    expect(chosenProjection(asked, all[1] as Embedding, all)?.id).toBe("4");
  });
});
