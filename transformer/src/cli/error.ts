/** Ends a command with a message for the user and without a stack. */
export class CommandError extends Error {}
