/**
 * What a Node.js has to be told that runs sources in threads. Types are stripped by WebAssembly that calls back into
 * JavaScript; where such calls become hot in two threads at once V8 may abort, with `Check failed:
 * jit_page.has_value()` (nodejs/node#64500). So they never become hot. The built package strips nothing, and none of
 * its WebAssembly calls JavaScript.
 */
export const threadWords: readonly string[] = ['--wasm-wrapper-tiering-budget=2147483647'];
