export function TagTree() {
  return null;
}
