import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { theme } from "./theme";

const manager = localStorageColorSchemeManager({ key: "tamis-theme" }); // public/theme.js reads the same key

/** Mantine in our dress. All its variables come from theme.css: no inline style element, no inline script. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={manager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
