// Attack: modules by every name, imported and required
// Tries: to reach files, processes or the guest's own modules
// Ends: ok
// Returns: true
async function score(event) {
  const worked = []
  for (const name of ['std', 'os', 'qjs:std', 'qjs:os', 'bjson', 'fs', 'node:fs', 'child_process', './metric.js', 'metric.js', 'boot', 'author', '/etc/passwd', 'file:///etc/passwd', 'http://127.0.0.1/', 'data:text/javascript,export default 1']) {
    try { await import(name); worked.push(`import ${name}`) } catch {}
    try { require(name); worked.push(`require ${name}`) } catch {}
  }
  for (const name of ['process', 'Deno', 'Bun', 'std', 'os', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Worker', 'WebAssembly', 'Atomics', 'SharedArrayBuffer', 'scriptArgs', 'gc', '__loadScript', 'navigator', 'InternalError'])
    if (globalThis[name] !== undefined && name !== 'SharedArrayBuffer' && name !== 'InternalError') worked.push(name)
  return { score: worked.length === 0, metadata: { worked } }
}
