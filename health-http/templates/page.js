
// Asks for this page again and again, and takes over what changed.
// So often, and with so little patience, that nobody looks at it for two seconds before it says that nobody answers;
// but a way that takes its time is no silence.
const EVERY = 1000, LEAST = 900, MOST = 4000, LATE = 15000;
const root = document.documentElement;
const enough = took => Math.min(MOST, Math.max(LEAST, 3 * took));
const [load] = performance.getEntriesByType('navigation');
let asking = false, patience = enough(load.responseStart - load.requestStart), late;

// Makes one node as another is. What is equal stays the node that it was, with its selection, focus and scrolling.
const take = (old, fresh) => {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE) return void (old.data = fresh.data);
  // Whether a row is open is up to the reader, until its state is another.
  const isTaken = name => name !== 'open' || old.className !== fresh.className;
  const names = [...old.attributes, ...fresh.attributes].map(attribute => attribute.name).filter(isTaken);
  for (const name of names)
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    else if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  const { ownerDocument: page } = fresh;
  let here = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = child.id ? document.getElementById(child.id) : here?.id ? null : here;
    if (same && same === here) here = here.nextSibling;
    else if (same) old.moveBefore ? old.moveBefore(same, here) : old.insertBefore(same, here);
    else {
      old.insertBefore(child, here);
      continue;
    }
    take(same, child);
  }
  // What is named and still there has its place elsewhere.
  for (let next; here; here = next) {
    next = here.nextSibling;
    if (!here.id || !page.getElementById(here.id)) here.remove();
  }
};

const lose = () => {
  root.classList.add('lost');
  if (!document.title.startsWith('?')) document.title = '? ' + document.title;
  document.querySelector('[rel=icon]').href = 'data:,';
};

const ask = async () => {
  if (asking || document.hidden) return;
  asking = true;
  const began = performance.now();
  try {
    const answer = await fetch(location.origin + location.pathname + location.search, { cache: 'no-store', redirect: 'error', headers: { accept: 'text/html' }, signal: AbortSignal.timeout(patience) });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const same = name => page.querySelector(name)?.textContent === document.querySelector(name).textContent;
    if (!answer.ok || !page.querySelector('header h1')) throw answer.status;
    patience = enough(performance.now() - began);
    // Another version of the service has another page.
    if (!same('style') || !same('script')) return location.reload();
    const focus = document.activeElement;
    take(document.body, page.body);
    if (focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
    document.title = page.title;
    document.querySelector('[rel=icon]').href = page.querySelector('[rel=icon]').href;
    root.classList.remove('lost');
    for (const animation of document.getAnimations()) animation.currentTime = 0;
    clearTimeout(late);
    late = setTimeout(lose, LATE);
  } catch {
    patience = Math.min(MOST, 2 * patience);
    lose();
  } finally {
    asking = false;
  }
};

late = setTimeout(lose, LATE);
setInterval(ask, EVERY);
document.addEventListener('visibilitychange', ask);
