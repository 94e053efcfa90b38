import type { ReactNode } from "react";

/** One family of line icons: 16 px, drawn in the text's colour, silent for screen readers. */
function icon(path: ReactNode) {
  // biome-ignore lint/correctness/noComponentHookFactories: called at the module level only
  return function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {path}
      </svg>
    );
  };
}

export const OverviewIcon = icon(<path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M6 6.5v6" />);
export const BrowseIcon = icon(
  <path d="M2.5 2.5h4.4v4.4H2.5zM9.1 2.5h4.4v4.4H9.1zM2.5 9.1h4.4v4.4H2.5zM9.1 9.1h4.4v4.4H9.1z" />,
);
export const SamplingIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.6" />
    <path
      d="M5.4 3.2v9.6M8 2.4v11.2M10.6 3.2v9.6M3.2 5.4h9.6M2.4 8h11.2M3.2 10.6h9.6"
      strokeWidth="0.9"
      opacity="0.6"
    />
  </>,
);
export const JobsIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.6" />
    <path d="M8 4.8V8l2.2 1.5" />
  </>,
);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const CopyIcon = icon(<path d="M5.5 5.5h7v7h-7zM3.5 10.5v-7h7" />);
export const CheckIcon = icon(<path d="M3.5 8.5l3 3 6-7" />);
export const CloseIcon = icon(<path d="M4 4l8 8M12 4l-8 8" />);
export const DotsIcon = icon(
  <g fill="currentColor" stroke="none">
    <circle cx="3.5" cy="8" r="1.3" />
    <circle cx="8" cy="8" r="1.3" />
    <circle cx="12.5" cy="8" r="1.3" />
  </g>,
);
export const PencilIcon = icon(
  <path d="M3 13l.7-3L10.5 3.2a1.1 1.1 0 011.6 0l.7.7a1.1 1.1 0 010 1.6L6 12.3z" />,
);
export const TrashIcon = icon(
  <path d="M3 4.5h10M6.2 4.5V3h3.6v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5M6.8 7v3.8M9.2 7v3.8" />,
);
export const MenuIcon = icon(<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />);
export const FolderIcon = icon(
  <path d="M2 4.5a1 1 0 011-1h3l1.5 1.6H13a1 1 0 011 1v5.4a1 1 0 01-1 1H3a1 1 0 01-1-1z" />,
);
export const UploadIcon = icon(
  <path d="M8 10.5V3M5 5.8L8 2.8l3 3M2.5 10.5v2a1 1 0 001 1h9a1 1 0 001-1v-2" />,
);
export const KeyIcon = icon(
  <>
    <circle cx="5.3" cy="10.7" r="2.8" />
    <path d="M7.4 8.6l5.4-5.4M10.6 5.4l2 2" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6M3.5 3.5l1.1 1.1M11.4 11.4l1.1 1.1M3.5 12.5l1.1-1.1M11.4 4.6l1.1-1.1" />
  </>,
);
export const MoonIcon = icon(<path d="M13.2 9.6A5.6 5.6 0 016.4 2.8a5.6 5.6 0 106.8 6.8z" />);
export const AutoIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.6" />
    <path d="M8 2.4a5.6 5.6 0 010 11.2z" fill="currentColor" stroke="none" />
  </>,
);
export const ChevronIcon = icon(<path d="M6 3.5L10.5 8 6 12.5" />);
export const UndoIcon = icon(<path d="M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 010 8H7" />);
export const EnterIcon = icon(<path d="M13 3.5v4a1.5 1.5 0 01-1.5 1.5H3M5.5 6L3 9l2.5 3" />);
export const SettingsIcon = icon(<path d="M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.4v3.2M6 9.4v3.2" />);
export const AlertIcon = icon(
  <>
    <path d="M8 2.4l6 10.7H2z" />
    <path d="M8 6.6v3M8 11.4v.1" />
  </>,
);
export const SignOutIcon = icon(<path d="M6.5 2.5h-3a1 1 0 00-1 1v9a1 1 0 001 1h3M10 5l3 3-3 3M13 8H6.5" />);
export const PersonIcon = icon(
  <>
    <circle cx="8" cy="5.4" r="2.7" />
    <path d="M2.9 13.6a5.2 5.2 0 0110.2 0" />
  </>,
);
