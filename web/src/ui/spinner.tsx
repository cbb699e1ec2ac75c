import styles from "./spinner.module.css";

/** Always beside words that say what is going on. */
export const Spinner = () => <span class={styles.spinner} aria-hidden="true" />;
