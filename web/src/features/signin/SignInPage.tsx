import { Logo } from "../../ui/Logo";
import classes from "./SignInPage.module.css";

/** What a browser sees that nobody has let in: how to get the link that does. */
export function SignInPage() {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Logo size={56} />
        <h1>Open the link that Tamis printed</h1>
        <p>
          When <code>tamis serve</code> starts, it prints a link that signs this browser in. It works once.
        </p>
        <p>Lost it? In a terminal on the machine that runs Tamis:</p>
        <pre className={classes.command}>tamis login</pre>
      </div>
    </main>
  );
}
