/** The mark: a tamis seen from above, with one grain kept. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d="M6 4.2v15.6M10 2.4v19.2M14 2.4v19.2M18 4.2v15.6M4.2 6h15.6M2.4 10h19.2M2.4 14h19.2M4.2 18h15.6"
        strokeWidth="1.1"
        opacity="0.38"
      />
      <circle cx="12" cy="12" r="10.2" stroke="var(--accent)" strokeWidth="2" />
      <circle cx="12" cy="12" r="2.4" fill="var(--accent)" stroke="none" />
    </svg>
  );
}
