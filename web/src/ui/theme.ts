import { createTheme, type MantineColorsTuple, type VariantColorsResolver } from "@mantine/core";

// All colours live in theme.css as CSS variables. Mantine insists on ten shades; one name stands for all.
const accent = Array(10).fill("var(--accent)") as unknown as MantineColorsTuple;

/** Dress Mantine's variants in paper and ink: filled is ink, the accent is kept for "kept". */
const variantColorResolver: VariantColorsResolver = ({ variant, color }) => {
  const danger = color === "danger";
  switch (variant) {
    case "filled":
      return danger
        ? dress("var(--danger)", "var(--danger-hover)", "var(--on-danger)")
        : color === "accent"
          ? dress("var(--accent)", "var(--accent-hover)", "var(--on-accent)")
          : dress("var(--ink)", "var(--ink-hover)", "var(--panel)");
    case "light":
      return dress("var(--accent-soft)", "var(--accent-soft)", "var(--accent-text)");
    case "subtle":
    case "transparent":
      return dress("transparent", "var(--hover)", danger ? "var(--danger-text)" : "var(--ink)");
    default:
      return dress(
        "var(--panel)",
        "var(--hover)",
        danger ? "var(--danger-text)" : "var(--ink)",
        "var(--line-strong)",
      );
  }
};

function dress(background: string, hover: string, color: string, line = "transparent") {
  return { background, hover, color, hoverColor: color, border: `1px solid ${line}` };
}

/** A dialog's head is no banner of the page, and its cross needs a name. */
const DIALOG = {
  closeButtonProps: { "aria-label": "Close" },
  attributes: { header: { role: "presentation" } },
};

export const theme = createTheme({
  colors: { accent },
  primaryColor: "accent",
  variantColorResolver,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: "md",
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { variant: "default", size: "sm", color: "ink" } },
    ActionIcon: { defaultProps: { variant: "subtle", size: "md", color: "ink" } },
    // The page scrolls inside <main>, so nothing needs locking. A dialog fades in where it stands: in one that
    // still moves, a button can slip away between press and release, and the click is lost.
    Modal: {
      defaultProps: {
        transitionProps: { transition: "fade", duration: 120 },
        lockScroll: false,
        centered: true,
        radius: "lg",
        overlayProps: { backgroundOpacity: 0.4 },
        ...DIALOG,
      },
    },
    Drawer: { defaultProps: { lockScroll: false, ...DIALOG } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: false, events: { hover: true, focus: true, touch: false } },
    },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", withInitialFocusPlaceholder: false } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: "right" } },
  },
});
