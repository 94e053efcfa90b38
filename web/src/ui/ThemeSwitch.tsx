import { ActionIcon, type MantineColorScheme, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useColorScheme } from "@mantine/hooks";
import { AutoIcon, MoonIcon, SunIcon } from "./icons";
import { nextTheme } from "./nextTheme";

const WORDS: Record<MantineColorScheme, string> = { auto: "as the system", light: "light", dark: "dark" };
const ICONS = { auto: AutoIcon, light: SunIcon, dark: MoonIcon };

/** Go round light, dark, and as the system. */
export function ThemeSwitch() {
  // Keeping the transitions saves an inline style element, which the content security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const system = useColorScheme();
  const Icon = ICONS[colorScheme];
  const label = `Theme: ${WORDS[colorScheme]}`;
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={`${label}. Change it`}
        onClick={() => setColorScheme(nextTheme(colorScheme, system))}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
