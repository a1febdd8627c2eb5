/** Signals that ask a command to save and stop: Ctrl-C, `kill` or the end of a cluster's job, and the end of a terminal. */
export const STOPPING_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
