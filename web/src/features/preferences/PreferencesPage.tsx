import { Button, type MantineColorScheme, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { signOut } from "../../api/session";
import { Card } from "../../ui/Card";
import { ErrorNotice } from "../../ui/Notice";
import { Page } from "../../ui/Shell";
import classes from "./PreferencesPage.module.css";
import { Tokens } from "./Tokens";

const THEMES: { value: MantineColorScheme; label: string }[] = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
];

/** What concerns the person, not a dataset: tokens, theme, the session. */
export function PreferencesPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const client = useQueryClient();
  const leave = useMutation({ mutationFn: () => signOut(client) });
  return (
    <Page title="Preferences">
      <div className={classes.page}>
        <Tokens />
        <Card title="Theme">
          <div>
            <SegmentedControl
              aria-label="Theme"
              data={THEMES}
              value={colorScheme}
              onChange={(value) => setColorScheme(value as MantineColorScheme)}
            />
          </div>
        </Card>
        <Card title="Session">
          <div className={classes.line}>
            <p className={classes.soft}>
              This browser is signed in. To sign in again you need a new link: <code>tamis login</code>
            </p>
            <Button loading={leave.isPending} onClick={() => leave.mutate()}>
              Sign out
            </Button>
          </div>
          {leave.error ? <ErrorNotice error={leave.error} /> : null}
        </Card>
      </div>
    </Page>
  );
}
