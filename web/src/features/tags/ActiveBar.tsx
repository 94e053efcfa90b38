export function ActiveBar() {
  return null;
}
