// One tab of a browser takes part in a lesson, or the same student would count twice.

let release = null;

/**
 * Claim the lesson for this tab; return whether it was free. `steal` takes it from another tab,
 * whose `onStolen` is called. Browsers without locks can't tell: true.
 */
export async function claim(code, { steal = false, onStolen }) {
  if (!navigator.locks || release) return true;
  const asked = steal ? { steal: true } : { ifAvailable: true };
  return new Promise((resolve) => {
    navigator.locks
      .request(`roomtone ${code}`, asked, (lock) => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise((done) => { release = done; });
      })
      .catch(() => { release = null; onStolen(); });
  });
}

export function giveUpClaim() {
  release?.();
  release = null;
}
