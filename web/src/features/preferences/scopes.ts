import type { Noun } from "../../api/client";

type Scope = Noun<"Token">["scope"];

/** What each step of the ladder allows; each allows all before it, too. */
export const SCOPES: { value: Scope; label: string; means: string }[] = [
  { value: "read", label: "Read", means: "Look at datasets and download lists." },
  { value: "upload", label: "Upload", means: "Read, and add images." },
  { value: "write", label: "Write", means: "Upload, and make embeddings, selections and tags." },
  { value: "admin", label: "Everything", means: "Write, and delete datasets and make tokens." },
];

export function scopeLabel(scope: Scope): string {
  return SCOPES.find(({ value }) => value === scope)?.label ?? scope;
}
