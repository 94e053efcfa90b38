import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { MenuIcon } from "./icons";
import classes from "./Shell.module.css";

interface ShellProps {
  /** What stands in the header after the logo: breadcrumb and dataset id. */
  start: ReactNode;
  /** What stands at the header's end: jobs, theme, account. */
  end: ReactNode;
  /** The left column, if the page has one; a drawer on narrow screens. */
  left?: ReactNode;
  /** Changes when another page is shown, which closes the drawer. */
  page: string;
  children: ReactNode;
}

/** The frame of every page: header, left column, main. Knows no noun; the app fills its slots. */
export function Shell({ start, end, left, page, children }: ShellProps) {
  const narrow = useMediaQuery("(max-width: 860px)", false, { getInitialValueInEffect: false });
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going to another page closes the drawer
  useEffect(() => setOpen(false), [page]);

  return (
    <div className={classes.shell} data-left={left && !narrow ? true : undefined}>
      <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <header className={classes.header}>
        {left && narrow ? (
          <button
            type="button"
            className={classes.burger}
            aria-label="Open the menu"
            onClick={() => setOpen(true)}
          >
            <MenuIcon size={18} />
          </button>
        ) : null}
        <div className={classes.start}>{start}</div>
        <div className={classes.end}>{end}</div>
      </header>
      {left && !narrow ? <aside className={classes.left}>{left}</aside> : null}
      {left && narrow ? (
        <Drawer opened={open} onClose={() => setOpen(false)} size={300} title="Menu" padding="sm">
          <div className={classes.drawer}>{left}</div>
        </Drawer>
      ) : null}
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </div>
  );
}

/** The left column's three parts; the middle one scrolls. */
export function LeftColumn({
  nav,
  middle,
  bottom,
}: {
  nav: ReactNode;
  middle?: ReactNode;
  bottom?: ReactNode;
}) {
  return (
    <div className={classes.column}>
      {nav}
      <div className={classes.middle}>{middle}</div>
      {bottom}
    </div>
  );
}

/** The frame of a page that is read from top to bottom, at a comfortable width. */
export function Page({
  title,
  aside,
  children,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <div className={classes.pageHead}>
        <h1>{title}</h1>
        {aside}
      </div>
      {children}
    </div>
  );
}
