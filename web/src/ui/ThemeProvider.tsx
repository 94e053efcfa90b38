import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { theme } from "./theme";

/** The number that lets a style element of ours through the content security policy. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
Object.assign(globalThis, { __webpack_nonce__: nonce }); // where the scroll lock of dialogs looks for it

const manager = localStorageColorSchemeManager({ key: "tamis-theme" }); // public/theme.js reads the same key

/** Mantine in our dress. All its variables come from theme.css: no inline style element, no inline script. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      getStyleNonce={() => nonce}
      defaultColorScheme="auto"
      colorSchemeManager={manager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
