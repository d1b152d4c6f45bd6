// Loaded into a child process before its own code. The parent holds the other end of the child's standard input; when
// the parent is gone, however it went, the child ends as if it had been asked to.
process.stdin.once("close", () => process.kill(process.pid, "SIGTERM")).resume();
