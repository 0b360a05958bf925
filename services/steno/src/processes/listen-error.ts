/** Whether a configured address could not be listened at; sockets of our own have no port. */
export function isListenError(error: unknown): error is Error {
  return (
    error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'port' in error
  );
}
