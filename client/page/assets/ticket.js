// The ticket of this tab: session, token and the next number. It lives in the tab's
// sessionStorage, so that a reload goes on with the same source; it is never put into an address.

const KEY = "roomtone-ticket ";

export function keepTicket(code, ticket) {
  try {
    sessionStorage.setItem(KEY + code, JSON.stringify(ticket));
  } catch { /* storage is off: the ticket lives as long as the page */ }
}

export function dropTicket(code) {
  try {
    sessionStorage.removeItem(KEY + code);
  } catch { /* nothing was kept */ }
}

export function findTicket(code) {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + code)); // whether it is too old, the server says
  } catch {
    return null;
  }
}
