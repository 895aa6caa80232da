// Asks until the condition holds; a test's own time limit is the last resort.
export async function until(condition, { timeoutMs = 10_000 } = {}) {
  for (const end = Date.now() + timeoutMs; ;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${condition}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
