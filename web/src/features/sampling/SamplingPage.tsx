export function SamplingPage() {
  return null;
}
