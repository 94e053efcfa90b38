import { Menu, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { meQuery, signOut } from "../../api/session";
import { JobsIcon, SettingsIcon, SignOutIcon } from "../../ui/icons";
import classes from "./AccountMenu.module.css";

/** Who is signed in, and what only concerns them. */
export function AccountMenu() {
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({ mutationFn: () => signOut(client) });
  const name = me.data?.name || "You";
  return (
    <Menu width={200}>
      <Menu.Target>
        <UnstyledButton className={classes.avatar} aria-label={`Account: ${name}`}>
          {initials(name)}
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

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("");
}
