export function JobsChip() {
  return null;
}
