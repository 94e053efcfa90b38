import { Menu, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { meQuery, signOut } from "../../api/session";
import { JobsIcon, PersonIcon, SettingsIcon, SignOutIcon } from "../../ui/icons";
import classes from "./AccountMenu.module.css";

/** Who is signed in, and what only concerns them. */
export function AccountMenu() {
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({ mutationFn: () => signOut(client) });
  const name = me.data?.name;
  return (
    <Menu width={200} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.avatar} aria-label={name ? `Account: ${name}` : "Account"}>
          <PersonIcon />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<SettingsIcon />} onClick={() => void navigate({ to: "/preferences" })}>
          Preferences
        </Menu.Item>
        <Menu.Item leftSection={<JobsIcon />} onClick={() => void navigate({ to: "/jobs" })}>
          All jobs
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<SignOutIcon />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
